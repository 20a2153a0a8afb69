// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Handles claims that hold up the ring. It takes over the claims that errors have left and those of
 * ended threads, and reports which thread holds the others. Only the consumer's thread uses it. One
 * check visits a bounded number of publishers, and only the holder of the slot once it is found.
 */
final class ClaimWatch {

  /** A time that is longer than a preempted thread usually waits for its CPU. */
  static final long SLOW_NS = TimeUnit.MILLISECONDS.toNanos(10);

  static final long REPORT_NS = TimeUnit.SECONDS.toNanos(1);

  /** The most publishers that one check visits. */
  static final int MAX_VISITS = PublisherWalk.MAX_LOOK;

  private final Publishers publishers;
  private final RecordRing ring;
  private long sequence = RecordRing.NONE;
  private long sinceNs;
  private long nextLookNs;
  private boolean reported;

  /** The publisher that holds the slot; null until it is found. */
  private @Nullable Publisher holder;

  /** The place where the next search for a holder continues; null for the beginning. */
  private @Nullable Iterator<Publisher> search;

  ClaimWatch(Publishers publishers, RecordRing ring) {
    this.publishers = publishers;
    this.ring = ring;
  }

  /** Handles a slot that is claimed and not published, beyond which the ring cannot be drained. */
  void heldUp(long claimed, long nowNs) {
    // A listener that this thread has called may have left a claim open; no other thread could end
    // it.
    publishers.abandonOwn(ring.entries());
    if (claimed != sequence) {
      sequence = claimed;
      sinceNs = nowNs;
      nextLookNs = nowNs + SLOW_NS;
      reported = false;
      holder = null;
      return;
    }
    if (nowNs - nextLookNs < 0) {
      return;
    }
    nextLookNs = nowNs + SLOW_NS;
    if (abandonUnowned(claimed)) {
      SafeLog.log(
          Level.WARNING,
          "a thread ended with an open claim, which is aborted; commit or abort each claim, best with"
              + " try-with-resources",
          null);
    } else if (!reported && nowNs - sinceNs >= reportNs()) {
      reported = true;
      SafeLog.log(
          Level.WARNING,
          "a claim holds up all records behind it: "
              + describe(claimed)
              + " open for more than "
              + TimeUnit.NANOSECONDS.toSeconds(REPORT_NS)
              + " s; commit or abort it, best with try-with-resources",
          null);
    }
  }

  /**
   * Gives up the slot if no thread will publish it. On the way to its holder, it does the same with
   * slots of other threads.
   *
   * @return whether a thread has ended with slots
   */
  private boolean abandonUnowned(long claimed) {
    Publisher known = holder;
    if (known != null && known.holds(claimed)) {
      return known.abandonUnowned(ring.entries());
    }
    holder = null;
    Iterator<Publisher> rest = search;
    if (rest == null) {
      rest = publishers.iterator();
    }
    boolean ended = false;
    for (int visits = 0; visits < MAX_VISITS && rest.hasNext(); visits++) {
      Publisher publisher = rest.next();
      if (publisher.holds(claimed)) {
        holder = publisher;
      }
      ended |= publisher.abandonUnowned(ring.entries());
    }
    // The search starts again; a publisher that has claimed but not noted it yet is found the next
    // time.
    search = rest.hasNext() ? rest : null;
    return ended;
  }

  /**
   * Returns the time after which a claim is reported; it is longer while the holder is searched
   * among many.
   */
  private long reportNs() {
    return holder != null || publishers.size() <= MAX_VISITS ? REPORT_NS : 2 * REPORT_NS;
  }

  /**
   * Ends the pipeline without this slot. Its memory is kept, because its thread may still write.
   * Never throws, because the end must not skip a record when memory is short.
   */
  void giveUp(long claimed, Drain drain) {
    @Nullable Slot slot = null;
    try {
      // Without a claimant, the thread has not yet noted which listener to call.
      slot = publishers.claimant(claimed) == null ? null : ring.slot(claimed);
      SafeLog.log(
          Level.WARNING,
          "a claim was never committed, the ring's memory is kept: "
              + describe(claimed)
              + "; commit or abort each claim before the pipeline is closed",
          null);
    } catch (Throwable e) {
      // The line is lost; the statistics have the record.
    }
    drain.giveUp(slot == null ? null : slot.listener, slot == null ? 0 : slot.tag);
  }

  /** Returns the number of the slot, and its thread if that is known. */
  String describe(long claimed) {
    Publisher claimant = holder;
    if (claimant == null || !claimant.holds(claimed)) {
      claimant = publishers.size() <= MAX_VISITS ? publishers.claimant(claimed) : null;
    }
    return "sequence="
        + claimed
        + " thread="
        + (claimant == null ? "unknown" : claimant.owner().getName());
  }
}

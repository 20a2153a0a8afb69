// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Looks after claims that hold up the ring: takes over those that errors have left and those of
 * threads that have ended, and says which thread holds the others. For the consumer's thread. A
 * look visits a bounded number of publishers, and only the one that holds the slot once that one is
 * found.
 */
final class ClaimWatch {

  /** Longer than a preempted thread usually has to wait for its CPU. */
  static final long SLOW_NS = TimeUnit.MILLISECONDS.toNanos(10);

  static final long REPORT_NS = TimeUnit.SECONDS.toNanos(1);

  /** Publishers that one look visits at most. */
  static final int MAX_VISITS = PublisherWalk.MAX_LOOK;

  private final Publishers publishers;
  private final RecordRing ring;
  private long sequence = RecordRing.NONE;
  private long sinceNs;
  private long nextLookNs;
  private boolean reported;

  /** Who holds the slot; null until it is found. */
  private @Nullable Publisher holder;

  /** Where the next search for a holder goes on; null for the beginning. */
  private @Nullable Iterator<Publisher> search;

  ClaimWatch(Publishers publishers, RecordRing ring) {
    this.publishers = publishers;
    this.ring = ring;
  }

  /** The ring cannot be drained beyond this slot, which is claimed and not published. */
  void heldUp(long claimed, long nowNs) {
    // A listener that this thread has called may have left one open: nobody else could end it.
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
   * Gives up the slot if nobody will publish it, and on the way to its holder the slots of others.
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
    // Goes round: one that has claimed and not yet noted it is found the next time.
    search = rest.hasNext() ? rest : null;
    return ended;
  }

  /** Longer while the holder is sought among many. */
  private long reportNs() {
    return holder != null || publishers.size() <= MAX_VISITS ? REPORT_NS : 2 * REPORT_NS;
  }

  /**
   * The pipeline ends without this slot. Its memory is kept, as its thread may still write. Never
   * throws: the end must not skip a record because memory is short.
   */
  void giveUp(long claimed, Drain drain) {
    @Nullable Slot slot = null;
    try {
      // Without a claimant, the thread is still to write down who is to be told.
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

  /** Which slot it is, and whose if that is known. */
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

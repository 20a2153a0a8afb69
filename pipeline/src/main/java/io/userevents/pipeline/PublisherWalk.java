// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Visits the publishers of a pipeline in rounds. A round visits each of them once: it takes over
 * the counters of ended threads, and sums up those of the others. The consumer makes a round in
 * pieces, a bounded one in each of its duty cycles, so that its CPU time does not grow with the
 * number of threads. The reader of statistics makes a whole round at once.
 *
 * <pre>
 *   arrivals -> pending -+            +-> ended, forgotten
 *   (any thread)         +-> visited -+
 *   known ---------------+            +-> known, behind the walk
 * </pre>
 *
 * <p>Any thread may call {@link #add}. Only the thread that holds the lock of {@link Publishers}
 * may call the other methods, unless their comments say otherwise.
 */
final class PublisherWalk {

  /**
   * The time from the start of a round to the start of the next one, if the round has ended by then
   * and there is news: a thread has come, a thread has ended, or a record was dropped.
   */
  static final long ROUND_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * The same time without news. A round costs a consumer that mostly sleeps 70 us, because its code
   * and data are then in no cache.
   */
  static final long QUIET_ROUND_NS = TimeUnit.SECONDS.toNanos(10);

  /** The number of publishers that may be visited when a piece of a round is due. */
  static final int MIN_LOOK = 256;

  /** The most publishers that one piece of a round visits. */
  static final int MAX_LOOK = 4096;

  /**
   * The time that must pass for each visited publisher. A visit costs some cache misses, about 0.1
   * us, so the walk through live threads takes about 1 % of the consumer's time.
   */
  private static final long LIVE_NS = 10_000;

  /**
   * The same time while many threads have ended; otherwise threads could end faster than they are
   * forgotten.
   */
  private static final long ENDED_NS = 500;

  /** The fraction of threads, one in this many, from which many have ended. */
  private static final int MANY = 4;

  private final Consumer<Publisher> forget;

  /** The publishers that were added since the last visit, the newest first. */
  private final AtomicReference<@Nullable Publisher> arrivals = new AtomicReference<>();

  /** Whether a publisher has dropped a record since the start of the last round. */
  private final AtomicBoolean hasDropped = new AtomicBoolean();

  /** Arrivals that are still to be visited in this round. */
  private @Nullable Publisher pending;

  private @Nullable Publisher known;

  /** The last one of {@link #known} that this round has visited; null before the first. */
  private @Nullable Publisher visited;

  private boolean inRound;

  /** Whether this round has found an ended thread, so that others may end soon. */
  private boolean hasForgotten;

  /** Counters of the threads that this round has seen alive. */
  private final PublisherSums alive = new PublisherSums();

  /** Counters of the threads that are forgotten. */
  private final PublisherSums ended = new PublisherSums();

  /** Counters of all threads as the last complete round has read them. */
  private final PublisherSums complete = new PublisherSums();

  private boolean begun;
  private long roundNs;
  private long lastLookNs;
  private long nextLookNs;
  private long entryNs = LIVE_NS;

  /**
   * Creates a walk without publishers.
   *
   * @param forget receives each publisher whose thread has ended, once
   */
  PublisherWalk(Consumer<Publisher> forget) {
    this.forget = forget;
  }

  /** Adds a publisher. Call this once for each; any thread may. Allocates nothing. */
  void add(Publisher publisher) {
    @Nullable Publisher newest;
    do {
      newest = arrivals.get();
      publisher.next = newest;
    } while (!arrivals.compareAndSet(newest, publisher));
  }

  /**
   * Notes that a record was dropped, so that its thread's counters are read soon. Any thread may
   * call this.
   */
  void dropped() {
    // While many records are dropped, publishers only read a cache line that no thread writes to.
    if (!hasDropped.getOpaque()) {
      hasDropped.setOpaque(true);
    }
  }

  /** Returns whether a piece of a round is due. The consumer calls this without the lock. */
  boolean isDue(long nowNs) {
    if (!begun) {
      return true;
    }
    return nowNs - nextLookNs >= 0
        && (inRound || hasNews() || nowNs - roundNs - QUIET_ROUND_NS >= 0);
  }

  /**
   * Returns whether a round is under way that needs more than one piece. Only the consumer calls
   * this.
   */
  boolean isUnderWay() {
    return inRound;
  }

  private boolean hasNews() {
    return hasForgotten || hasDropped.getOpaque() || arrivals.get() != null;
  }

  /**
   * Visits the next publishers, and returns whether that has completed a round. Only the consumer
   * calls this.
   */
  boolean look(long nowNs) {
    int limit =
        begun
            ? (int) Math.max(MIN_LOOK, Math.min(MAX_LOOK, (nowNs - lastLookNs) / entryNs))
            : MIN_LOOK;
    begun = true;
    lastLookNs = nowNs;
    if (!inRound) {
      // This comes before the counters are read. The next round reads a drop that is still missed.
      hasDropped.set(false);
      hasForgotten = false;
      beginRound();
      roundNs = nowNs;
    }
    takeArrivals();
    int visits = 0;
    int forgotten = 0;
    while (visits < limit && hasNext()) {
      visits++;
      if (visitNext()) {
        forgotten++;
      }
    }
    if (!hasNext()) {
      endRound();
    }
    hasForgotten |= forgotten > 0;
    entryNs = forgotten > visits / MANY ? ENDED_NS : LIVE_NS;
    long pauseNs = MIN_LOOK * entryNs;
    nextLookNs = nowNs + (inRound ? pauseNs : Math.max(pauseNs, roundNs + ROUND_NS - nowNs));
    return !inRound;
  }

  /** Makes a whole round, instead of the one that is under way. */
  void wholeRound() {
    beginRound();
    while (pending != null) {
      visitNext();
    }
    // This is done once; otherwise the round might never end.
    takeArrivals();
    while (hasNext()) {
      visitNext();
    }
    endRound();
  }

  /** Adds the counters of all threads as the last complete round has read them. */
  void addTo(PublisherSums sums) {
    sums.add(complete);
  }

  private void beginRound() {
    inRound = true;
    visited = null;
    alive.clear();
  }

  /** Takes the arrivals. Those that come while others are pending wait for the next piece. */
  private void takeArrivals() {
    if (pending == null && arrivals.get() != null) {
      pending = arrivals.getAndSet(null);
    }
  }

  private boolean hasNext() {
    return pending != null || unvisited() != null;
  }

  /** Visits the next publisher, if there is one. Returns whether its thread has ended. */
  private boolean visitNext() {
    Publisher publisher = pending;
    if (publisher != null) {
      pending = publisher.next;
      publisher.next = unvisited();
      setUnvisited(publisher);
    } else {
      publisher = unvisited();
    }
    if (publisher == null) {
      return false;
    }
    if (publisher.hasEnded()) {
      setUnvisited(publisher.next);
      publisher.next = null;
      publisher.addTo(ended);
      forget.accept(publisher);
      return true;
    }
    publisher.addTo(alive);
    visited = publisher;
    return false;
  }

  private void endRound() {
    complete.clear();
    complete.add(ended);
    complete.add(alive);
    inRound = false;
  }

  private @Nullable Publisher unvisited() {
    return visited == null ? known : visited.next;
  }

  private void setUnvisited(@Nullable Publisher publisher) {
    if (visited == null) {
      known = publisher;
    } else {
      visited.next = publisher;
    }
  }
}

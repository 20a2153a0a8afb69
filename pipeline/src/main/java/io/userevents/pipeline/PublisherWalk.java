// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Visits the publishers of a pipeline in rounds. A round visits each of them once: it takes the
 * counters of threads that have ended for good, and sums up those of the others. The consumer makes
 * a round in pieces, a bounded one in each of its duty cycles, so that its CPU time does not grow
 * with the number of threads. The reader of statistics makes a whole round at once.
 *
 * <pre>
 *   arrivals -> pending -+            +-> ended, forgotten
 *   (any thread)         +-> visited -+
 *   known ---------------+            +-> known, behind the walk
 * </pre>
 *
 * <p>{@link #add} may be called by any thread. All other methods are for one thread at a time,
 * which holds the lock of {@link Publishers}.
 */
final class PublisherWalk {

  /**
   * From the begin of a round to the begin of the next one, if the round was over by then and there
   * is news: a thread has come, one has ended, or a record was dropped.
   */
  static final long ROUND_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * The same without news. A round costs a consumer that sleeps for most of the time 70 us, as its
   * code and data are in no cache then.
   */
  static final long QUIET_ROUND_NS = TimeUnit.SECONDS.toNanos(10);

  /** A look is due when this many publishers may be visited. */
  static final int MIN_LOOK = 256;

  /** Publishers that one look visits at most. */
  static final int MAX_LOOK = 4096;

  /**
   * Time for each publisher that is visited. A visit costs some cache misses, about 0.1 us, so the
   * walk through threads that live on takes about 1 % of the consumer's time.
   */
  private static final long LIVE_NS = 10_000;

  /** The same while many have ended: they would otherwise come faster than they are forgotten. */
  private static final long ENDED_NS = 500;

  /** Many have ended if one in so many has. */
  private static final int MANY = 4;

  private final Consumer<Publisher> forget;

  /** The newest first. */
  private final AtomicReference<@Nullable Publisher> arrivals = new AtomicReference<>();

  /** A publisher has dropped a record since the begin of the last round. */
  private final AtomicBoolean hasDropped = new AtomicBoolean();

  /** Arrivals that are still to be visited in this round. */
  private @Nullable Publisher pending;

  private @Nullable Publisher known;

  /** The last one of {@link #known} that this round has visited; null before the first. */
  private @Nullable Publisher visited;

  private boolean inRound;

  /** This round has found a thread that has ended, so others may end soon. */
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
   * Makes a walk without publishers.
   *
   * @param forget is told of each publisher whose thread has ended, once
   */
  PublisherWalk(Consumer<Publisher> forget) {
    this.forget = forget;
  }

  /** Any thread: adds a publisher, once. Allocates nothing. */
  void add(Publisher publisher) {
    @Nullable Publisher newest;
    do {
      newest = arrivals.get();
      publisher.next = newest;
    } while (!arrivals.compareAndSet(newest, publisher));
  }

  /** Any thread: a record was dropped, so its thread's counters are to be read soon. */
  void dropped() {
    // Where many are dropped, publishers read a line that nobody writes to.
    if (!hasDropped.getOpaque()) {
      hasDropped.setOpaque(true);
    }
  }

  /** Consumer, without the lock: whether it is time for a look. */
  boolean isDue(long nowNs) {
    if (!begun) {
      return true;
    }
    return nowNs - nextLookNs >= 0
        && (inRound || hasNews() || nowNs - roundNs - QUIET_ROUND_NS >= 0);
  }

  /** Consumer: whether a round is under way that one look was not enough for. */
  boolean isUnderWay() {
    return inRound;
  }

  private boolean hasNews() {
    return hasForgotten || hasDropped.getOpaque() || arrivals.get() != null;
  }

  /** Consumer: visits the next publishers. Returns whether that has completed a round. */
  boolean look(long nowNs) {
    int limit =
        begun
            ? (int) Math.max(MIN_LOOK, Math.min(MAX_LOOK, (nowNs - lastLookNs) / entryNs))
            : MIN_LOOK;
    begun = true;
    lastLookNs = nowNs;
    if (!inRound) {
      // Before the counters are read. One that is missed all the same is read by the next round.
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

  /** Makes a whole round, in place of the one that is under way. */
  void wholeRound() {
    beginRound();
    while (pending != null) {
      visitNext();
    }
    // Once, or it might never end.
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

  /** Those that come while others are pending are for the next look. */
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

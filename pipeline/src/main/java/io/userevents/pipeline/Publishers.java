// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import com.lmax.disruptor.Sequence;
import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the {@link Publisher} of each thread that has published to a pipeline. A thread finds its
 * own without a lock; only the first time it allocates one. The {@link PublisherWalk} forgets
 * threads that have ended and keeps their counts. The consumer makes it in pieces, the reader of
 * the sums as a whole.
 *
 * <p>A thread that lives on keeps nothing of a pipeline that is closed and forgotten.
 */
final class Publishers extends PublishersFields {

  /** For threads that have no publisher, so that they are looked up by their identity only once. */
  private static final WeakReference<Publisher> NONE = new WeakReference<>(null);

  /** A reader that finds another one at work, or the consumer, looks again after that time. */
  private static final long READER_PARK_NS = TimeUnit.MICROSECONDS.toNanos(20);

  /** Behind the fields that publishers read; see {@link PublishersFields}. */
  @SuppressWarnings({"UnusedVariable", "MultiVariableDeclaration"})
  private long p1, p2, p3, p4, p5, p6, p7, p8;

  /** By their threads. The key of a publisher is itself. */
  private final ConcurrentMap<ThreadIdentity, Publisher> all = new ConcurrentHashMap<>();

  /** By outcome: records that were offered before the pipeline was open, or after it. */
  private final UnopenedRefusals unopened = new UnopenedRefusals();

  /**
   * The last slot that was claimed when some thread's burst ended last; -1 before. It has cache
   * lines for itself, since publishers write to it.
   */
  private final Sequence burstEnd = new Sequence(-1);

  /** Only among those who read the sums; the consumer waits for it once, at its end. */
  private final ReentrantLock readers = new ReentrantLock();

  private final PublisherWalk walk = new PublisherWalk(this::forget);

  /** The calling thread's, which is made the first time. */
  Publisher current() {
    Publisher publisher = first;
    if (publisher != null && publisher.owner() == Thread.currentThread()) {
      return publisher;
    }
    WeakReference<Publisher> reference = current.get();
    publisher = reference == null ? null : reference.get();
    return publisher == null ? register() : publisher;
  }

  /** Any thread: the calling thread's; null if it has none. Keeps nothing of a thread without. */
  @Nullable Publisher currentOrNull() {
    Publisher publisher = first;
    if (publisher != null && publisher.owner() == Thread.currentThread()) {
      return publisher;
    }
    if (all.isEmpty()) {
      return null;
    }
    WeakReference<Publisher> reference = current.get();
    if (reference == null) {
      publisher = all.get(new ThreadIdentity(Thread.currentThread()));
      reference = publisher == null ? NONE : new WeakReference<>(publisher);
      current.set(reference);
    }
    return reference.get();
  }

  /** Any thread: gives up the slots that the calling thread holds, if it ever published. */
  void abandonOwn(SlotEntries entries) {
    Publisher publisher = currentOrNull();
    if (publisher != null) {
      publisher.abandon(entries);
    }
  }

  /**
   * The calling thread has nothing more for now. Two that say so at the same time may both be told
   * that they were not alone.
   *
   * @param lastSequence of the last slot that was claimed, -1 if there was none
   * @return whether all records since the burst before, of whichever thread, are this thread's
   */
  boolean endBurst(long lastSequence) {
    long all = lastSequence - burstEnd.get();
    burstEnd.setVolatile(lastSequence);
    Publisher publisher = currentOrNull();
    return (publisher == null ? 0 : publisher.endBurst()) == all;
  }

  /** Any thread: a record was offered while the pipeline was not open: its thread is not kept. */
  void refusedUnopened(SlotEntries entries, Outcome outcome, int length) {
    abandonOwn(entries);
    unopened.add(outcome, length);
  }

  /** Any thread: a publisher has dropped a record, which the consumer reports soon. */
  void dropped() {
    walk.dropped();
  }

  /** Consumer: whether it has to look after more publishers soon, as they are many. */
  boolean isLookUnderWay() {
    return walk.isUnderWay();
  }

  /** Any thread: the counters of all threads. Publishers never wait for it. */
  PublisherSums sums() {
    PublisherSums sums = new PublisherSums();
    read(sums);
    return sums;
  }

  /**
   * Any thread: reads the counters of all threads. Publishers never wait for it. Allocates nothing.
   *
   * @param sums are set to them
   */
  void read(PublisherSums sums) {
    // Not lock(), which allocates where another thread holds it.
    while (!readers.tryLock()) {
      LockSupport.parkNanos(this, READER_PARK_NS);
    }
    try {
      walk.wholeRound();
      sums.clear();
      addTo(sums);
    } finally {
      readers.unlock();
    }
  }

  /**
   * Consumer, in each duty cycle: visits the next publishers and forgets those that have ended, if
   * it is time. Skips it while somebody reads the sums. With few threads that is a whole round each
   * {@link PublisherWalk#ROUND_NS}, or {@link PublisherWalk#QUIET_ROUND_NS} without news. It visits
   * no more than {@link PublisherWalk#MAX_LOOK}, and allocates nothing.
   *
   * @return whether a round is complete, so that {@link #tryGetSums} has new ones
   */
  boolean lookAfter(long nowNs) {
    if (!walk.isDue(nowNs) || !readers.tryLock()) {
      return false;
    }
    try {
      return walk.look(nowNs);
    } finally {
      readers.unlock();
    }
  }

  /**
   * Consumer: the counters of all threads as they were in the last complete round.
   *
   * @param sums are set to them
   * @return false if somebody is reading, and the sums are not set
   */
  boolean tryGetSums(PublisherSums sums) {
    if (!readers.tryLock()) {
      return false;
    }
    try {
      sums.clear();
      addTo(sums);
      return true;
    } finally {
      readers.unlock();
    }
  }

  /** Consumer: all publishers, in no order. Those that come and go meanwhile may be left out. */
  Iterator<Publisher> iterator() {
    return all.values().iterator();
  }

  /** Consumer: who holds this slot, whatever the number of threads. */
  @Nullable Publisher claimant(long sequence) {
    for (Publisher publisher : all.values()) {
      if (publisher.holds(sequence)) {
        return publisher;
      }
    }
    return null;
  }

  /** Threads that are not forgotten. */
  int size() {
    return all.size();
  }

  /** Makes the publisher of a thread that has none. For the thread itself, and for tests. */
  Publisher add(Thread thread) {
    Publisher publisher = new Publisher(thread);
    // First, and without an allocation that could fail: then its counters count.
    walk.add(publisher);
    all.put(publisher, publisher);
    if (first == null) {
      first = publisher;
    }
    return publisher;
  }

  private Publisher register() {
    Publisher publisher = all.get(new ThreadIdentity(Thread.currentThread()));
    if (publisher == null) {
      publisher = add(Thread.currentThread());
    }
    current.set(new WeakReference<>(publisher));
    return publisher;
  }

  private void forget(Publisher publisher) {
    all.remove(publisher, publisher);
    Publisher known = first;
    if (known != null && known.owner() == publisher.owner()) {
      first = null;
    }
  }

  private void addTo(PublisherSums sums) {
    walk.addTo(sums);
    unopened.addTo(sums);
  }
}

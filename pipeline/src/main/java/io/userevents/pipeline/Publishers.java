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
 * threads that have ended and keeps their counts. The consumer makes the walk in pieces, the reader
 * of the sums as a whole.
 *
 * <p>A thread that lives on keeps nothing of a pipeline that is closed and forgotten.
 */
final class Publishers extends PublishersFields {

  /** Marks threads without a publisher, so that they are looked up by their identity only once. */
  private static final WeakReference<Publisher> NONE = new WeakReference<>(null);

  /** The time after which a reader tries again if another reader or the consumer is at work. */
  private static final long READER_PARK_NS = TimeUnit.MICROSECONDS.toNanos(20);

  /** A cache line behind the fields that publishers read; see {@link PublishersFields}. */
  @SuppressWarnings({"UnusedVariable", "MultiVariableDeclaration"})
  private long p1, p2, p3, p4, p5, p6, p7, p8;

  /** The publishers by their threads. The key of a publisher is the publisher. */
  private final ConcurrentMap<ThreadIdentity, Publisher> all = new ConcurrentHashMap<>();

  /** The records, by outcome, that were offered while the pipeline was not open. */
  private final UnopenedRefusals unopened = new UnopenedRefusals();

  /**
   * The last slot that was claimed when some thread's burst ended last; -1 before. It has its own
   * cache lines, because publishers write to it.
   */
  private final Sequence burstEnd = new Sequence(-1);

  /** The lock of the threads that read the sums; the consumer waits for it once, at its end. */
  private final ReentrantLock readers = new ReentrantLock();

  private final PublisherWalk walk = new PublisherWalk(this::forget);

  /** Returns the calling thread's publisher, which is created the first time. */
  Publisher current() {
    Publisher publisher = first;
    if (publisher != null && publisher.owner() == Thread.currentThread()) {
      return publisher;
    }
    WeakReference<Publisher> reference = current.get();
    publisher = reference == null ? null : reference.get();
    return publisher == null ? register() : publisher;
  }

  /**
   * Returns the calling thread's publisher, or null if it has none; nothing is kept of such a
   * thread. Any thread may call this.
   */
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

  /**
   * Gives up the slots that the calling thread holds, if it ever published. Any thread may call
   * this.
   */
  void abandonOwn(SlotEntries entries) {
    Publisher publisher = currentOrNull();
    if (publisher != null) {
      publisher.abandon(entries);
    }
  }

  /**
   * Ends a burst of the calling thread. If two threads call this at the same time, both may learn
   * that they were not alone.
   *
   * @param lastSequence sequence of the last slot that was claimed, -1 if there was none
   * @return whether this thread has published all records since the end of the burst before
   */
  boolean endBurst(long lastSequence) {
    long all = lastSequence - burstEnd.get();
    burstEnd.setVolatile(lastSequence);
    Publisher publisher = currentOrNull();
    return (publisher == null ? 0 : publisher.endBurst()) == all;
  }

  /**
   * Counts a record that was offered while the pipeline was not open, and keeps nothing of its
   * thread. Any thread may call this.
   */
  void refusedUnopened(SlotEntries entries, Outcome outcome, int length) {
    abandonOwn(entries);
    unopened.add(outcome, length);
  }

  /**
   * Notes that a publisher has dropped a record, which the consumer reports soon. Any thread may
   * call this.
   */
  void dropped() {
    walk.dropped();
  }

  /**
   * Returns whether more publishers must be visited soon, because there are many. Only the consumer
   * calls this.
   */
  boolean isLookUnderWay() {
    return walk.isUnderWay();
  }

  /**
   * Returns the counters of all threads. Publishers never wait for this. Any thread may call it.
   */
  PublisherSums sums() {
    PublisherSums sums = new PublisherSums();
    read(sums);
    return sums;
  }

  /**
   * Reads the counters of all threads. Publishers never wait for this, and it allocates nothing.
   * Any thread may call it.
   *
   * @param sums receives the counters
   */
  void read(PublisherSums sums) {
    // lock() would allocate when another thread holds the lock.
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
   * Visits the next publishers and forgets those that have ended, if it is time. It does nothing
   * while a thread reads the sums. With few threads this is a whole round each {@link
   * PublisherWalk#ROUND_NS}, or {@link PublisherWalk#QUIET_ROUND_NS} without news. It visits at
   * most {@link PublisherWalk#MAX_LOOK} publishers, and allocates nothing. The consumer calls this
   * in each duty cycle.
   *
   * @return whether a round is complete, so that {@link #tryGetSums} returns new sums
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
   * Reads the counters of all threads as they were in the last complete round. Only the consumer
   * calls this.
   *
   * @param sums receives the counters
   * @return false if a thread is reading, in which case the sums are not set
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

  /**
   * Returns all publishers in no order; those that come and go meanwhile may be left out. Only the
   * consumer calls this.
   */
  Iterator<Publisher> iterator() {
    return all.values().iterator();
  }

  /**
   * Returns the publisher that holds this slot, and searches all threads for it. Only the consumer
   * calls this.
   */
  @Nullable Publisher claimant(long sequence) {
    for (Publisher publisher : all.values()) {
      if (publisher.holds(sequence)) {
        return publisher;
      }
    }
    return null;
  }

  /** Returns the number of threads that are not forgotten. */
  int size() {
    return all.size();
  }

  /** Creates the publisher of a thread that has none. For the thread itself, and for tests. */
  Publisher add(Thread thread) {
    Publisher publisher = new Publisher(thread);
    // This comes first and allocates nothing that could fail, so the publisher's counters are
    // included.
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

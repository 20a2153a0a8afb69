// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The threads that have published to one pipeline. A thread finds its own {@link Publisher} without
 * a lock; only the first time it allocates one. Threads that have ended are forgotten each time
 * that the sums are read, which the consumer does now and then, and their counts are kept.
 */
final class Publishers {

  private final ThreadLocal<Publisher> current = ThreadLocal.withInitial(this::register);

  /** By their threads, as some pools clear the thread-locals of theirs after each task. */
  private final ConcurrentMap<Thread, Publisher> all = new ConcurrentHashMap<>();

  /** By outcome: records that were offered before the pipeline was open, or after it. */
  private final LongAdder[] unopenedRecords = adders();

  private final LongAdder[] unopenedBytes = adders();

  /** The last slot that was claimed when some thread's burst ended last; -1 before. */
  private volatile long burstEnd = -1;

  /**
   * Often the only one, found without a walk through the thread's map. Plain and racy: it is used
   * only by the thread that it belongs to, and what that one reads of it is final or its own.
   */
  private @Nullable Publisher first;

  /** Only among those who read the sums; the consumer waits for it once, at its end. */
  private final ReentrantLock readers = new ReentrantLock();

  private final PublisherSums ended = new PublisherSums();

  /** The calling thread's. */
  Publisher current() {
    Publisher publisher = first;
    return publisher != null && publisher.owner() == Thread.currentThread()
        ? publisher
        : current.get();
  }

  /**
   * The calling thread has nothing more for now. Two that say so at the same time may both be told
   * that they were not alone.
   *
   * @param lastSequence of the last slot that was claimed, -1 if there was none
   * @return whether all records since the burst before, of whichever thread, are this thread's
   */
  boolean endBurst(long lastSequence) {
    long all = lastSequence - burstEnd;
    burstEnd = lastSequence;
    return current().endBurst() == all;
  }

  /** Any thread: a record was offered while the pipeline was not open: its thread is not kept. */
  void refusedUnopened(RecordRing ring, Outcome outcome, int length) {
    abandonOwnClaim(ring.entries());
    unopenedRecords[outcome.ordinal()].increment();
    unopenedBytes[outcome.ordinal()].add(length);
  }

  /** Any thread: gives up a claim that it holds, if it ever published. */
  void abandonOwnClaim(SlotEntries entries) {
    Publisher known = all.get(Thread.currentThread());
    if (known != null) {
      known.abandon(entries);
    }
  }

  /** Any thread: the counters of all threads. Publishers never wait for it. */
  PublisherSums sums() {
    readers.lock();
    try {
      return collect();
    } finally {
      readers.unlock();
    }
  }

  /** Consumer: like {@link #sums()}, or null if somebody else is reading. */
  @Nullable PublisherSums trySums() {
    if (!readers.tryLock()) {
      return null;
    }
    try {
      return collect();
    } finally {
      readers.unlock();
    }
  }

  /** Consumer: gives up the claims of threads that have ended. Returns whether there were any. */
  boolean abortClaimsOfEndedThreads(RecordRing ring) {
    boolean aborted = false;
    for (Publisher publisher : all.values()) {
      if (!publisher.owner().isAlive() && hasOpenClaim(publisher)) {
        publisher.abandon(ring.entries());
        aborted = true;
      }
    }
    return aborted;
  }

  /** Consumer: who holds this slot. */
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

  /** Consumer: forgets threads that have ended, unless somebody is reading. */
  void forgetEnded() {
    PublisherSums unused = trySums();
  }

  private static LongAdder[] adders() {
    LongAdder[] adders = new LongAdder[Outcome.values().length];
    Arrays.setAll(adders, i -> new LongAdder());
    return adders;
  }

  private static boolean hasOpenClaim(Publisher publisher) {
    return publisher.claimed() != RecordRing.NONE;
  }

  private Publisher register() {
    Publisher publisher = all.computeIfAbsent(Thread.currentThread(), Publisher::new);
    if (first == null) {
      first = publisher;
    }
    return publisher;
  }

  private PublisherSums collect() {
    PublisherSums sums = new PublisherSums();
    for (Iterator<Publisher> i = all.values().iterator(); i.hasNext(); ) {
      Publisher publisher = i.next();
      // What a thread did happened before it is seen to have ended (Java Language Specification,
      // 17.4.4), so the counters read after it are final.
      if (!publisher.owner().isAlive() && !hasOpenClaim(publisher)) {
        publisher.addTo(ended);
        i.remove();
        if (first == publisher) {
          first = null;
        }
      } else {
        publisher.addTo(sums);
      }
    }
    sums.add(ended);
    for (int i = 0; i < unopenedRecords.length; i++) {
      sums.records[i] += unopenedRecords[i].sum();
      sums.bytes[i] += unopenedBytes[i].sum();
    }
    return sums;
  }
}

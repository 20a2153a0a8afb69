// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.process.ProcessFilter;
import io.userevents.agent.internal.process.ProcessInfo;
import io.userevents.agent.internal.process.ProcessTable;
import io.userevents.agent.internal.wire.EventCopier;
import io.userevents.agent.internal.wire.MetricFilter;
import io.userevents.agent.internal.wire.RequestCheck;
import io.userevents.listener.ListenerException;
import io.userevents.listener.Sample;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The agent's first thread. It takes events out of the kernel's buffers and puts them into batches.
 * It never waits for the endpoint, the disk or the other thread. If no batch is free, it drops the
 * event and counts it, so that it always reads the kernel's buffers in time.
 */
final class Reader implements Runnable {

  private static final Logger LOGGER = Logger.getLogger(Forwarder.class.getName());
  private static final int MAX_WAIT_MS = 1000;

  /** The wait until the next read of all buffers, which shows whether there are older events. */
  private static final int ORDER_WAIT_MS = 1;

  private static final long FAILURE_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int MAX_DRAIN_FAILURES = 3;

  /** The time limit of the last reads, for a source that continues to receive. */
  private static final long MAX_DRAIN_NS = TimeUnit.SECONDS.toNanos(5);

  private final EventSource source;
  private final BatchPool pool;
  private final Accounts accounts;
  private final Consumer<Batch> onFull;
  private final Runnable onEnd;
  private final ProcessFilter processFilter;
  private final @Nullable MetricFilter metricFilter;
  private final @Nullable Attribution attribution;
  private final long maxDelayNs;

  private final ProcessTable processes = new ProcessTable();
  private final RequestCheck check = new RequestCheck();
  private final EventCopier copier = new EventCopier();
  private final Throttle failures = new Throttle();
  private final TimeOrder order = new TimeOrder();
  private byte[] filtered = {};
  private @Nullable Batch batch;
  private boolean hasFailed;

  private volatile boolean isStopped;
  private volatile boolean isEnded;
  private volatile boolean isBroken;
  private volatile long lastCycleNs = System.nanoTime();
  private volatile Counts counts = new Counts(0, 0);

  /** The counts of the reader that are not events. */
  record Counts(long renamedAttributes, long removedMetrics) {}

  Reader(
      EventSource source,
      BatchPool pool,
      Accounts accounts,
      ReaderOptions options,
      Consumer<Batch> onFull,
      Runnable onEnd) {
    this.source = source;
    this.pool = pool;
    this.accounts = accounts;
    this.onFull = onFull;
    this.onEnd = onEnd;
    processFilter = options.processFilter();
    metricFilter =
        options.metricPrefixes().isEmpty() ? null : new MetricFilter(options.metricPrefixes());
    attribution = options.isAttributing() ? new Attribution(options.hostName()) : null;
    maxDelayNs = options.batchDelay().toNanos();
  }

  /** Ends the reader once it has read the kernel's buffers. Any thread may call it. */
  void stop() {
    isStopped = true;
    source.wakeup();
  }

  /**
   * Returns the time at which the reader last began to wait or to read, by {@link System#nanoTime}.
   */
  long lastCycleNs() {
    return lastCycleNs;
  }

  boolean isEnded() {
    return isEnded;
  }

  /** Returns whether an error has ended the reader. */
  boolean isBroken() {
    return isBroken;
  }

  /** Returns the counts after the last read. */
  Counts counts() {
    return counts;
  }

  @Override
  public void run() {
    try {
      while (!isStopped && poll(waitMs()) != EventSource.CLOSED) {
        handOverIfDue();
      }
      drain();
      order.end(this::onEvent);
    } catch (Throwable e) {
      isBroken = true;
      LOGGER.log(Level.SEVERE, "the agent's reader failed; no more events are received", e);
      order.end((bytes, offset, length, pid, tid) -> accounts.received(Outcome.SHUTDOWN, length));
    } finally {
      isEnded = true;
      updateCounts();
      handOver();
      onEnd.run();
    }
  }

  /** Reads the events that were written before the end. */
  private void drain() {
    long limitNs = Long.MAX_VALUE;
    try {
      source.detach();
    } catch (ListenerException e) {
      limitNs = MAX_DRAIN_NS;
      accounts.readFailed();
      LOGGER.log(
          Level.WARNING,
          "cannot stop receiving; the agent reads the buffers once more and ends: {0}",
          e.toString());
    }
    long startNs = System.nanoTime();
    int failed = 0;
    while (failed < MAX_DRAIN_FAILURES && System.nanoTime() - startNs < limitNs) {
      int events = poll(0);
      if (hasFailed) {
        failed++;
      } else if (events <= 0) {
        return;
      }
      handOverIfDue();
    }
    LOGGER.warning("some events are left in the kernel's buffers");
  }

  private int poll(int timeoutMs) {
    lastCycleNs = System.nanoTime();
    hasFailed = false;
    try {
      int events = source.poll(this::collect, timeoutMs);
      order.endRead(this::onEvent);
      updateCounts();
      return events;
    } catch (ListenerException e) {
      hasFailed = true;
      accounts.readFailed();
      // The events of other CPUs do not wait for the CPU that fails.
      order.end(this::onEvent);
      if (failures.isDue()) {
        LOGGER.log(
            Level.WARNING,
            "cannot read some of the kernel''s buffers, will try again: {0}",
            e.toString());
      }
      LockSupport.parkNanos(isStopped ? 0 : FAILURE_PAUSE_NS);
      return 0;
    }
  }

  private void updateCounts() {
    counts =
        new Counts(
            check.renamedAttributes(), metricFilter == null ? 0 : metricFilter.removedMetrics());
  }

  private int waitMs() {
    if (!order.isEmpty()) {
      return ORDER_WAIT_MS;
    }
    Batch current = batch;
    if (current == null || current.isEmpty()) {
      return MAX_WAIT_MS;
    }
    long leftNs = maxDelayNs - (System.nanoTime() - current.createdNs());
    long leftMs = TimeUnit.NANOSECONDS.toMillis(leftNs) + 1;
    return (int) Math.max(0, Math.min(MAX_WAIT_MS, leftMs));
  }

  private void collect(DirectBuffer payload, long timestampNs, int pid, int tid) {
    order.add(payload, timestampNs, pid, tid, this::onEvent);
  }

  private void onEvent(byte[] event, int offset, int length, int pid, int tid) {
    accounts.received(outcome(event, offset, length, pid, tid), length);
  }

  private Outcome outcome(byte[] event, int offset, int length, int pid, int tid) {
    byte[] resource = {};
    if (attribution != null || !processFilter.isAll()) {
      ProcessInfo process = process(pid, tid);
      if (!processFilter.keeps(process)) {
        return Outcome.FILTERED;
      }
      resource = attribution == null ? resource : attribution.of(process);
    }
    if (!check.isRequest(event, offset, length)) {
      return Outcome.MALFORMED;
    }
    if (metricFilter == null) {
      return add(event, offset, length, resource);
    }
    if (filtered.length < length) {
      filtered = new byte[length];
    }
    int left = metricFilter.filter(event, offset, length, filtered);
    if (left == EventCopier.MALFORMED) {
      return Outcome.MALFORMED;
    }
    return left == 0 ? Outcome.FILTERED : add(filtered, 0, left, resource);
  }

  private ProcessInfo process(int pid, int tid) {
    long nowNs = System.nanoTime();
    return pid == Sample.UNKNOWN_PID
        ? processes.ofThread(tid, nowNs)
        : processes.ofProcess(pid, nowNs);
  }

  private Outcome add(byte[] bytes, int offset, int length, byte[] resource) {
    if (batch != null && batch.isIndexFull()) {
      handOver();
    }
    Outcome outcome = addToBatch(bytes, offset, length, resource);
    if (outcome == Outcome.TOO_LARGE && batch != null && !batch.isEmpty()) {
      handOver();
      outcome = addToBatch(bytes, offset, length, resource);
    }
    return outcome;
  }

  private Outcome addToBatch(byte[] bytes, int offset, int length, byte[] resource) {
    Batch current = batch;
    if (current == null) {
      current = pool.take();
      batch = current;
      if (current == null) {
        return Outcome.MEMORY_FULL;
      }
    }
    int end =
        copier.copy(
            bytes, offset, length, resource, current.bytes(), current.length(), current.limit());
    if (end == EventCopier.MALFORMED || end == current.length()) {
      return Outcome.MALFORMED;
    }
    if (end == EventCopier.NO_ROOM || end == EventCopier.TOO_MANY_RESOURCES) {
      return Outcome.TOO_LARGE;
    }
    current.add(end, System.currentTimeMillis(), System.nanoTime());
    return Outcome.IN_MEMORY;
  }

  private void handOverIfDue() {
    Batch current = batch;
    if (current != null
        && !current.isEmpty()
        && System.nanoTime() - current.createdNs() >= maxDelayNs) {
      handOver();
    }
  }

  private void handOver() {
    Batch current = batch;
    if (current != null && !current.isEmpty()) {
      batch = null;
      onFull.accept(current);
    }
  }
}

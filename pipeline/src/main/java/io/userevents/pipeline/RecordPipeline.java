// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import io.userevents.internal.memory.MemoryException;
import io.userevents.tracepoint.Tracepoint;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes records into a ring, from which a consumer writes them to a tracepoint. The consumer runs
 * on a thread of the pipeline or on one of the application's ({@link
 * RecordPipelineBuilder#buildAgent}). All methods may be called by any thread.
 */
public final class RecordPipeline implements RecordPublisher, AutoCloseable {

  private static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration DEFAULT_FLUSH_TIMEOUT = Duration.ofSeconds(10);

  private final Tracepoint tracepoint;
  private final PipelineSettings settings;
  private final Publishers publishers;
  private final WakeUp wakeUp;
  private final RecordRing ring;
  private final Admission admission;
  private final Publishing publishing;
  private final Consumer consumer;

  RecordPipeline(Tracepoint tracepoint, PipelineSettings settings) {
    this.tracepoint = tracepoint;
    this.settings = settings;
    Counters counters = new Counters();
    publishers = counters.publishers();
    int maxRecordLength = settings.events().maxRecordLength();
    wakeUp = new WakeUp(settings.ringSlots(), settings.consumer().wakesForEach());
    ring = new RecordRing(settings.ringSlots(), maxRecordLength, wakeUp);
    CheckedPolicy policy = new CheckedPolicy(settings.backPressurePolicy(), ring, counters);
    admission = new Admission(ring, wakeUp, tracepoint, policy, maxRecordLength);
    OutcomeListeners listeners = new OutcomeListeners();
    Refusals refusals = new Refusals(listeners, publishers, ring.entries());
    publishing = new Publishing(tracepoint, admission, refusals, publishers, ring);
    consumer =
        new Consumer(this, tracepoint, settings, ring, wakeUp, admission, listeners, counters);
  }

  /** Returns a builder with the defaults. */
  public static RecordPipelineBuilder builder() {
    return new RecordPipelineBuilder();
  }

  /** To be called once. */
  void start() {
    boolean started = false;
    try {
      consumer.start();
      started = true;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  /** For tests. */
  Publishers publishers() {
    return publishers;
  }

  /** For tests that run the consumer on a thread of theirs, in place of {@link #start}. */
  Runnable consumer() {
    return consumer.thread();
  }

  PipelineAgent agent() {
    return consumer.agent();
  }

  /** For tests, before the consumer runs: allocates the memory and takes records. */
  void open() throws MemoryException {
    ring.allocate();
    admission.open();
  }

  @Override
  public boolean isAttached() {
    return tracepoint.isEnabled() && admission.isOpen();
  }

  /** How things stand with the tracepoint, as the consumer saw it last. */
  public TracepointState state() {
    return consumer.session().state();
  }

  /**
   * Returns how often a listener was seen to begin recording, with the one that records now; 0
   * while none does. So a new number means a listener that has received nothing yet. A listener
   * attaches some time before it records, perf by tens of milliseconds. Records that are written in
   * between reach nobody.
   *
   * <p>From the first call on, for the life of the pipeline, the consumer asks the tracepoint
   * ({@link Tracepoint#isRecording}): while a listener is attached that does not record, whenever
   * it looks after things (see {@link TracepointStateListener}) but at most once a millisecond,
   * from 0.2 s on every 10 ms and from 5 s on once a second; and once a second whether one that
   * records still does. The answer is that late.
   */
  public long recordingNumber() {
    return consumer.session().recordingNumber();
  }

  @Override
  public int ringSlots() {
    return settings.ringSlots();
  }

  /**
   * Slots of the ring that are in use at this moment: 0 to {@link #ringSlots()}. All of them while
   * the pipeline is closing, and 0 once it is closed. Takes no lock.
   */
  public int usedSlots() {
    return state() == TracepointState.CLOSED ? 0 : ring.slots() - ring.freeSlots();
  }

  @Override
  public int maxRecordLength() {
    return settings.events().maxRecordLength();
  }

  /** Whether an event may have several records; see {@link RecordPipelineBuilder}. */
  public boolean gathersRecords() {
    return settings.events().gatherRecords();
  }

  /**
   * Length in bytes up to which records that wait together are gathered into one event. A longer
   * record is an event of its own.
   */
  public int maxEventLength() {
    return settings.events().maxEventLength();
  }

  /** Whether {@link #close()} or {@link #closeAsync()} was called: no record is taken any more. */
  public boolean isClosed() {
    return admission.isClosed();
  }

  @Override
  public PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag) {
    return publishing.publish(buffer, offset, length, priority, outcomeListener, tag, false, 0);
  }

  @Override
  public PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag,
      long deadlineNs) {
    return publishing.publish(
        buffer, offset, length, priority, outcomeListener, tag, true, deadlineNs);
  }

  @Override
  public PublishResult publish(
      DirectBuffer buffer,
      int[] offsets,
      int[] lengths,
      int count,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag) {
    return publishing.publish(buffer, offsets, lengths, count, priority, outcomeListener, tag);
  }

  @Override
  public RecordClaim tryClaim(
      int length, int priority, @Nullable OutcomeListener outcomeListener, long tag) {
    return publishing.tryClaim(length, priority, outcomeListener, tag);
  }

  @Override
  public void countAborted(int length) {
    publishing.countAborted(length);
  }

  @Override
  public void wakeUp() {
    long last = ring.lastClaimed();
    // Before it is open there are no records, and threads that come then are not kept.
    if (admission.isOpen() && publishers.endBurst(last)) {
      wakeUp.burstEnded(last);
    } else {
      wakeUp.now();
    }
  }

  /** Flushes within 10 s, see {@link #flush(Duration)}. */
  public CompletableFuture<Void> flush() {
    return flush(DEFAULT_FLUSH_TIMEOUT);
  }

  /**
   * Completes when every record that is in the ring now has its outcome. Never blocks.
   *
   * <p>If that takes longer than the timeout, the result fails with a {@link TimeoutException} that
   * says how many slots of the ring it waits for and, if a claim holds them up, whose. Records stay
   * in the ring and get their outcome all the same. The consumer fails the result, in its next duty
   * cycle. While its thread hangs in a system call or an {@link OutcomeListener}, or nobody runs
   * the agent, it cannot, and only a time-out of the caller's, on the result, helps.
   *
   * @param timeout more than 0
   * @throws IllegalArgumentException if it is not
   */
  public CompletableFuture<Void> flush(Duration timeout) {
    requireNonNull(timeout, "timeout");
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("timeout must be more than 0: timeout=" + timeout);
    }
    return consumer.flush(TimeUnit.NANOSECONDS.convert(timeout));
  }

  /** What has been done so far. Disturbs neither publishers nor the consumer. */
  public PipelineStatistics statistics() {
    return consumer.statistics();
  }

  /**
   * Like {@link #statistics()}, but into an object of the caller's: allocates nothing.
   *
   * @param target that no other thread uses meanwhile
   */
  public void read(PipelineCounters target) {
    consumer.read(target);
  }

  /** Closes within 10 s, see {@link #close(Duration)}. */
  @Override
  public void close() {
    close(DEFAULT_CLOSE_TIMEOUT);
  }

  /**
   * Like {@link #closeAsync()}, and waits until it is done or the time is up. In the latter case,
   * or if this thread is interrupted, the consumer goes on and ends later. On the consumer's own
   * thread (an {@link OutcomeListener} that closes) it does not wait.
   *
   * <p>Once it is done, waits up to 1 s more for the log handlers to get the last lines, which a
   * JVM that exits would lose. {@link #closeAsync()} does not.
   *
   * @return whether it is done
   */
  public boolean close(Duration timeout) {
    requireNonNull(timeout, "timeout");
    CompletableFuture<Void> ended = closeAsync();
    if (admission.isConsumer(Thread.currentThread())) {
      return ended.isDone();
    }
    return consumer.awaitEnd(ended, TimeUnit.NANOSECONDS.convert(timeout));
  }

  /**
   * Refuses new records, has those in the ring written, unregisters the tracepoint and frees the
   * memory. A claim that this thread holds open is aborted. Never blocks; a second call returns the
   * same.
   *
   * @return completes when all of that is done
   */
  public CompletableFuture<Void> closeAsync() {
    publishers.abandonOwn(ring.entries());
    admission.close();
    return consumer.end();
  }

  @Override
  public String toString() {
    return "RecordPipeline{eventName="
        + tracepoint.eventName()
        + ", tracepoint="
        + SettingText.classOf(tracepoint)
        + ", "
        + settings
        + "}";
  }
}

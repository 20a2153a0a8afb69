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
 * A pipeline that takes records into a ring, from which a consumer writes them to a tracepoint. The
 * consumer runs on a thread of the pipeline, or on a thread of the application ({@link
 * RecordPipelineBuilder#buildAgent}). Any thread may call all methods.
 *
 * @since 0.1.0
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

  /** {@return a builder with the default settings} */
  public static RecordPipelineBuilder builder() {
    return new RecordPipelineBuilder();
  }

  /** Starts the consumer. Call this once. */
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

  /** Returns the publishers, for tests. */
  Publishers publishers() {
    return publishers;
  }

  /**
   * Returns the consumer, for tests that run it on their own thread instead of calling {@link
   * #start}.
   */
  Runnable consumer() {
    return consumer.thread();
  }

  PipelineAgent agent() {
    return consumer.agent();
  }

  /** Allocates the memory and takes records, for tests, before the consumer runs. */
  void open() throws MemoryException {
    ring.allocate();
    admission.open();
  }

  @Override
  public boolean isAttached() {
    return tracepoint.isEnabled() && admission.isOpen();
  }

  /** {@return the state of the tracepoint as the consumer saw it last} */
  public TracepointState state() {
    return consumer.session().state();
  }

  /**
   * Waits until the consumer has first tried to register the tracepoint, successfully or not, or
   * the pipeline is closed. {@link #state()} then says what became of it. {@link
   * RecordPipelineBuilder#build} has waited already, unless {@linkplain
   * RecordPipelineBuilder#setRegistrationWait it was told not to}. If the time is up, the method
   * logs a warning and the consumer continues; an interrupt ends the wait and is kept. On the
   * consumer's thread (a {@link TracepointStateListener}) the method does not wait.
   *
   * @param timeout longest wait; 0 to ask without a wait
   * @return whether the attempt has ended
   * @throws IllegalArgumentException if the timeout is negative
   */
  public boolean awaitRegistration(Duration timeout) {
    requireNonNull(timeout, "timeout");
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout must be 0 or more: timeout=" + timeout);
    }
    boolean waits = !admission.isConsumer(Thread.currentThread());
    return consumer.session().awaitFirstAttempt(waits ? TimeUnit.NANOSECONDS.convert(timeout) : 0);
  }

  /**
   * Returns how often the consumer saw a listener begin to record, including the listener that
   * records now; 0 while no listener records. So a new number means a listener that has received
   * nothing yet. A listener attaches some time before it records; with perf, this takes tens of
   * milliseconds. Records that are written in between reach no listener.
   *
   * <p>From the first call on, for the life of the pipeline, the consumer asks the tracepoint
   * ({@link Tracepoint#isRecording}). While the attached listener does not record, the consumer
   * asks in each duty cycle (see {@link TracepointStateListener}), but at most once a millisecond;
   * after 0.2 s it asks every 10 ms, and after 5 s once a second. While a listener records, the
   * consumer asks once a second whether it still does. The answer may be late by these times.
   *
   * @return the number, or 0
   */
  public long recordingNumber() {
    return consumer.session().recordingNumber();
  }

  @Override
  public int ringSlots() {
    return settings.ringSlots();
  }

  /**
   * Returns how many slots of the ring are in use at this moment. The number is {@link
   * #ringSlots()} while the pipeline is closing, and 0 once it is closed. The method takes no lock.
   *
   * @return the number of slots, 0 to {@link #ringSlots()}
   */
  public int usedSlots() {
    return state() == TracepointState.CLOSED ? 0 : ring.slots() - ring.freeSlots();
  }

  @Override
  public int maxRecordLength() {
    return settings.events().maxRecordLength();
  }

  /**
   * {@return whether an event may have several records; see {@link
   * RecordPipelineBuilder#setGatherRecords}}
   */
  public boolean gathersRecords() {
    return settings.events().gatherRecords();
  }

  /**
   * Returns the length up to which records that wait together are gathered into one event. A longer
   * record becomes a separate event.
   *
   * @return the length in bytes
   */
  public int maxEventLength() {
    return settings.events().maxEventLength();
  }

  /**
   * {@return whether {@link #close()} or {@link #closeAsync()} was called; the pipeline then takes
   * no more records}
   */
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
    // Before the pipeline is open there are no records, and it keeps nothing of threads that call
    // this.
    if (admission.isOpen() && publishers.endBurst(last)) {
      wakeUp.burstEnded(last);
    } else {
      wakeUp.now();
    }
  }

  /** {@return the result of a flush with a timeout of 10 s; see {@link #flush(Duration)}} */
  public CompletableFuture<Void> flush() {
    return flush(DEFAULT_FLUSH_TIMEOUT);
  }

  /**
   * Flushes the ring. The result completes when every record that is in the ring now has its
   * outcome. The method never blocks.
   *
   * <p>If this takes longer than the timeout, the result fails with a {@link TimeoutException}. Its
   * message says how many slots of the ring the flush waits for and, if a claim holds them up,
   * which thread has the claim. The records stay in the ring and still get their outcome. The
   * consumer fails the result in its next duty cycle. It cannot do so while its thread hangs in a
   * system call or an {@link OutcomeListener}, or while the application does not run the agent; for
   * these cases, set a time-out on the result.
   *
   * @param timeout timeout, more than 0
   * @return the result
   * @throws IllegalArgumentException if the timeout is not more than 0
   */
  public CompletableFuture<Void> flush(Duration timeout) {
    requireNonNull(timeout, "timeout");
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("timeout must be more than 0: timeout=" + timeout);
    }
    return consumer.flush(TimeUnit.NANOSECONDS.convert(timeout));
  }

  /**
   * {@return the counters since the start} Reading them disturbs neither publishers nor the
   * consumer.
   */
  public PipelineStatistics statistics() {
    return consumer.statistics();
  }

  /**
   * Reads the counters like {@link #statistics()}, but into an object of the caller. Allocates
   * nothing.
   *
   * @param target object that receives the counters; no other thread may use it during the call
   */
  public void read(PipelineCounters target) {
    consumer.read(target);
  }

  /** Closes the pipeline and waits for 10 s at most; see {@link #close(Duration)}. */
  @Override
  public void close() {
    close(DEFAULT_CLOSE_TIMEOUT);
  }

  /**
   * Closes the pipeline like {@link #closeAsync()}, and waits until that is done or the time is up.
   * If the time is up, or this thread is interrupted, the consumer continues and ends later. On the
   * consumer's own thread (an {@link OutcomeListener} that closes) the method does not wait.
   *
   * <p>Once the pipeline has ended, the method waits up to 1 s more until the log handlers have
   * received the last lines, which would be lost if the JVM exits. {@link #closeAsync()} does not
   * wait for them.
   *
   * @param timeout longest wait for the end
   * @return whether the pipeline has ended
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
   * Closes the pipeline. The pipeline refuses new records; the consumer writes the records in the
   * ring, unregisters the tracepoint and frees the memory. A claim that this thread holds open is
   * aborted. The method never blocks. A second call returns the same result.
   *
   * @return a future that completes when all of this is done
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

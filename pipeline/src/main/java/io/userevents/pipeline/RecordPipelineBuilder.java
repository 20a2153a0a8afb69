// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import io.userevents.affinity.CpuAffinity;
import io.userevents.affinity.CpuSet;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.Tracepoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;

/**
 * A builder of a {@link RecordPipeline}. It is not thread-safe.
 *
 * @since 0.1.0
 */
public final class RecordPipelineBuilder {

  /**
   * The default number of the ring's slots: up to 4 MiB of memory with the default record length.
   */
  public static final int DEFAULT_RING_SLOTS = 1024;

  /** The default length of the longest record in bytes, which both perf and ftrace deliver. */
  public static final int DEFAULT_MAX_RECORD_LENGTH = EventLayout.MAX_LENGTH_FTRACE;

  /** The default of the longest wait for the first attempt to register. */
  public static final Duration DEFAULT_REGISTRATION_WAIT = Duration.ofSeconds(10);

  /** The default of the longest pause between two attempts to register. */
  public static final Duration DEFAULT_RETRY_PERIOD = Duration.ofSeconds(60);

  private final TracepointChoice tracepoint;
  private int ringSlots = DEFAULT_RING_SLOTS;
  private EventSettings events = EventSettings.DEFAULT;
  private ConsumerSettings consumer = ConsumerSettings.DEFAULT;
  private BackPressurePolicy backPressurePolicy = BackPressurePolicies.drop();

  RecordPipelineBuilder() {
    this(new TracepointChoice(DEFAULT_REGISTRATION_WAIT, DEFAULT_RETRY_PERIOD));
  }

  private RecordPipelineBuilder(TracepointChoice tracepoint) {
    this.tracepoint = tracepoint;
  }

  /**
   * Returns another builder with the same settings. If a tracepoint was set, both builders have it,
   * and it serves the first pipeline that either of them builds.
   *
   * @return the copy
   */
  public RecordPipelineBuilder copy() {
    RecordPipelineBuilder other = new RecordPipelineBuilder(tracepoint.copy());
    other.ringSlots = ringSlots;
    other.events = events;
    other.consumer = consumer;
    other.backPressurePolicy = backPressurePolicy;
    return other;
  }

  /**
   * Sets the name of the kernel's tracepoint that records are written to.
   *
   * @param eventName at most 255 letters, digits and underscores, of which the first is not a
   *     digit; default {@value EventLayout#OTLP_METRICS}, which readers of OTLP metrics expect
   * @return this builder
   * @throws IllegalArgumentException if the name does not follow these rules
   */
  public RecordPipelineBuilder setEventName(String eventName) {
    tracepoint.eventName(requireNonNull(eventName, "eventName"));
    return this;
  }

  /**
   * Sets the tracepoint that records are written to, instead of the kernel's tracepoint of the
   * event's name. It serves one pipeline, which registers and closes it.
   *
   * @param tracepoint the tracepoint
   * @return this builder
   */
  public RecordPipelineBuilder setTracepoint(Tracepoint tracepoint) {
    this.tracepoint.tracepoint(requireNonNull(tracepoint, "tracepoint"));
    return this;
  }

  /**
   * Sets the path of {@code user_events_data}. It is the file, or the folder on which tracefs is
   * mounted, now or later. By default the pipeline uses the descriptor that a service manager
   * passes by the name {@code user_events_data} ({@code LISTEN_FDNAMES} of sd_listen_fds(3)). If
   * there is none, each attempt to register searches for the file in {@code /sys/kernel/tracing},
   * in {@code /sys/kernel/debug/tracing} and in the mounts of {@code /proc/self/mountinfo}. The
   * setting has no effect if a tracepoint or a descriptor is set.
   *
   * @param tracefs the folder or the file
   * @return this builder
   */
  public RecordPipelineBuilder setTracefs(Path tracefs) {
    tracepoint.tracefs(requireNonNull(tracefs, "tracefs"));
    return this;
  }

  /**
   * Sets an open descriptor of {@code user_events_data}, so that this process needs no rights on
   * tracefs. The pipeline writes to the descriptor and never closes it. Several pipelines may share
   * it; their writes then wait for each other. The event exists until all copies of the descriptor
   * are closed. The number is checked when the tracepoint is registered; a wrong one is logged and
   * tried again like other failures. The setting has no effect if a tracepoint is set.
   *
   * @param dataFileDescriptor number of the descriptor, 0 or more; -1, the default, for none
   * @return this builder
   * @throws IllegalArgumentException if the number is below -1
   */
  public RecordPipelineBuilder setDataFileDescriptor(int dataFileDescriptor) {
    tracepoint.dataFileDescriptor(dataFileDescriptor);
    return this;
  }

  /**
   * Sets how long {@link #build()} waits until the consumer's thread has tried to register the
   * tracepoint. The attempt takes some milliseconds, unless the kernel or the machine hangs. With
   * 0, {@code build} does not wait; records that are published before the attempt has ended are
   * {@link PublishResult#DETACHED}, also if a listener is attached. {@link
   * RecordPipeline#awaitRegistration} waits later. The setting has no effect on {@link
   * #buildAgent()}.
   *
   * @param registrationWait longest wait, 0 to 1 minute; default {@link #DEFAULT_REGISTRATION_WAIT}
   * @return this builder
   * @throws IllegalArgumentException if the wait is not in that range
   */
  public RecordPipelineBuilder setRegistrationWait(Duration registrationWait) {
    tracepoint.registrationWait(requireNonNull(registrationWait, "registrationWait"));
    return this;
  }

  /**
   * Sets the longest pause between two attempts to register the tracepoint. After the first failure
   * the pause is a second, or this period if that is shorter; it doubles with every further
   * failure.
   *
   * @param retryPeriod longest pause, 1 ms to 1 day; default {@link #DEFAULT_RETRY_PERIOD}
   * @return this builder
   * @throws IllegalArgumentException if the period is not in that range
   */
  public RecordPipelineBuilder setRetryPeriod(Duration retryPeriod) {
    tracepoint.retryPeriod(requireNonNull(retryPeriod, "retryPeriod"));
    return this;
  }

  /**
   * Sets the number of the ring's slots, which is how many records can wait.
   *
   * @param ringSlots number of slots, a power of two from 2 to 16,777,216; default {@value
   *     #DEFAULT_RING_SLOTS}
   * @return this builder
   * @throws IllegalArgumentException if the number is not a power of two in that range
   */
  public RecordPipelineBuilder setRingSlots(int ringSlots) {
    this.ringSlots = SettingRanges.requireRingSlots(ringSlots);
    return this;
  }

  /**
   * Sets the length up to which records that wait together are gathered into one event. A longer
   * record, up to {@linkplain #setMaxRecordLength its own limit}, becomes a separate event.
   *
   * @param maxEventLength length in bytes, 1 to {@link EventLayout#MAX_LENGTH_PERF}; default {@link
   *     EventLayout#MAX_LENGTH_FTRACE}. Above the default, ftrace loses the events without an error
   * @return this builder
   * @throws IllegalArgumentException if the length is not in that range
   */
  public RecordPipelineBuilder setMaxEventLength(int maxEventLength) {
    events = events.withMaxEventLength(maxEventLength);
    return this;
  }

  /**
   * Sets the length of the longest record. Each slot of the ring has room for one such record.
   *
   * @param maxRecordLength length in bytes, 1 to {@link EventLayout#MAX_LENGTH_PERF}; default
   *     {@link #DEFAULT_MAX_RECORD_LENGTH}. ftrace loses records above {@link
   *     EventLayout#MAX_LENGTH_FTRACE} without an error; the log says so once
   * @return this builder
   * @throws IllegalArgumentException if the length is not in that range
   */
  public RecordPipelineBuilder setMaxRecordLength(int maxRecordLength) {
    events = events.withMaxRecordLength(maxRecordLength);
    return this;
  }

  /**
   * Sets whether records that wait together are written as one event. Set it to false if the bytes
   * of two records, one after the other, are not one valid message.
   *
   * @param gatherRecords whether to gather records; default true
   * @return this builder
   */
  public RecordPipelineBuilder setGatherRecords(boolean gatherRecords) {
    events = events.withGatherRecords(gatherRecords);
    return this;
  }

  /**
   * Sets how fast events may fill the buffers of their readers, by a token bucket. An event costs
   * the bytes that it takes in perf's buffer ({@link EventLayout#perfSampleLength}). While there
   * are too few tokens, records wait in the ring. They wait until the listener detaches, and for 5
   * s at most in all once the pipeline is closed. By default there is no pacing.
   *
   * @param bytesPerSecond bytes per second, 1,000 to 1,000,000,000,000; 0 together with {@code
   *     burstBytes} 0 for no pacing
   * @param burstBytes bytes that may be written at once after a pause, up to 1,073,741,824 and at
   *     least the cost of the longest event. Choose it smaller than the reader's buffer of one CPU
   * @return this builder
   * @throws IllegalArgumentException if either is not in its range
   */
  public RecordPipelineBuilder setPacing(long bytesPerSecond, int burstBytes) {
    events = events.withPacing(Pacing.of(bytesPerSecond, burstBytes));
    return this;
  }

  /**
   * Sets the policy for records that find no slot.
   *
   * @param backPressurePolicy the policy; default {@link BackPressurePolicies#drop}
   * @return this builder
   */
  public RecordPipelineBuilder setBackPressurePolicy(BackPressurePolicy backPressurePolicy) {
    this.backPressurePolicy = requireNonNull(backPressurePolicy, "backPressurePolicy");
    return this;
  }

  /**
   * Sets how the consumer waits for records.
   *
   * @param waitStrategy the strategy; default {@link ConsumerWaitStrategy#SLEEPING}
   * @return this builder
   */
  public RecordPipelineBuilder setWaitStrategy(ConsumerWaitStrategy waitStrategy) {
    consumer = consumer.withWaitStrategy(requireNonNull(waitStrategy, "waitStrategy"));
    return this;
  }

  /**
   * Sets how the consumer waits for records, by a strategy of Agrona or of the application, instead
   * of {@link #setWaitStrategy}. Each pipeline needs its own strategy. Publishers that wait for a
   * slot, flushes and {@link RecordPipeline#wakeUp} wake a strategy that parks. They do not wake
   * one that calls {@link Thread#sleep}, such as {@code SleepingMillisIdleStrategy}.
   *
   * @param idleStrategy the strategy
   * @return this builder
   */
  public RecordPipelineBuilder setIdleStrategy(IdleStrategy idleStrategy) {
    consumer = consumer.withIdleStrategy(requireNonNull(idleStrategy, "idleStrategy"));
    return this;
  }

  /**
   * Sets the handler of errors that the consumer cannot handle. The consumer continues after each
   * error. It calls the handler on its own thread, and counts an exception that the handler throws.
   * By default the errors are logged, at most once a minute.
   *
   * @param errorHandler the handler
   * @return this builder
   */
  public RecordPipelineBuilder setErrorHandler(ErrorHandler errorHandler) {
    consumer = consumer.withErrorHandler(requireNonNull(errorHandler, "errorHandler"));
    return this;
  }

  /**
   * Sets the listener that is called when the state of the tracepoint changes. There is none by
   * default.
   *
   * @param stateListener the listener
   * @return this builder
   */
  public RecordPipelineBuilder setStateListener(TracepointStateListener stateListener) {
    tracepoint.stateListener(requireNonNull(stateListener, "stateListener"));
    return this;
  }

  /**
   * Sets the factory of the consumer's thread. Each pipeline calls it once. The default thread is a
   * daemon without a context class loader; its name is {@code user-events-} followed by the event's
   * name.
   *
   * @param threadFactory the factory, which must return a platform thread that is not started
   * @return this builder
   */
  public RecordPipelineBuilder setThreadFactory(ThreadFactory threadFactory) {
    consumer = consumer.withThreadFactory(requireNonNull(threadFactory, "threadFactory"));
    return this;
  }

  /**
   * Sets the CPU that the consumer's thread runs on. The kernel has a trace buffer for each CPU, so
   * all events then fill the buffer of this CPU. If the process may not use the CPU ({@link
   * CpuAffinity}), this is logged and the consumer runs unpinned, unless the CPU is {@linkplain
   * #setConsumerCpuRequired required}. By default the thread is not pinned.
   *
   * @param consumerCpu number of the CPU as Linux numbers them, 0 to {@value CpuSet#MAX_CPU}
   * @return this builder
   * @throws IllegalArgumentException if the number is not in that range
   */
  public RecordPipelineBuilder setConsumerCpu(int consumerCpu) {
    consumer = consumer.withCpu(consumerCpu);
    return this;
  }

  /**
   * Sets whether {@link #build()} fails if the consumer cannot run on the CPU that was set.
   *
   * @param consumerCpuRequired whether the CPU is required; default false
   * @return this builder
   */
  public RecordPipelineBuilder setConsumerCpuRequired(boolean consumerCpuRequired) {
    consumer = consumer.withCpuRequired(consumerCpuRequired);
    return this;
  }

  /**
   * Builds a pipeline. The method starts the consumer's thread and waits, for {@linkplain
   * #setRegistrationWait 10 s at most}, until the thread has tried to register the tracepoint. A
   * failure to register is logged and tried again later; it is not thrown.
   *
   * @return the pipeline
   * @throws IllegalArgumentException if the ring's memory would be 2 GiB or more, or pacing would
   *     never let the longest event go
   * @throws IllegalStateException if another pipeline has the tracepoint that was set, the thread
   *     factory returns no usable thread, or the consumer cannot run on a required CPU
   * @throws PipelineUnavailableException if a library is missing or has an unsuitable version, a
   *     flag of the JVM forbids an operation of a library, or there is not enough memory; the
   *     method never throws an Error for these reasons
   */
  public RecordPipeline build() {
    return assembly(consumer).buildStarted();
  }

  /**
   * Builds a pipeline without a thread, of which the consumer is an Agrona agent that the
   * application runs. Thread factory, CPU and wait strategy have no effect, because the runner
   * decides them. Nothing is registered before the agent is started.
   *
   * @return the agent, which has the pipeline
   * @throws IllegalArgumentException in the same cases as {@link #build()}
   * @throws IllegalStateException if another pipeline has the tracepoint that was set
   * @throws PipelineUnavailableException in the same cases as {@link #build()}
   */
  public PipelineAgent buildAgent() {
    return assembly(consumer.ofAgent()).buildAgent();
  }

  /**
   * Builds a pipeline that the application drives from its duty cycle.
   *
   * @return the invoker, which has the pipeline
   * @throws IllegalArgumentException in the same cases as {@link #build()}
   * @throws IllegalStateException if another pipeline has the tracepoint that was set
   * @throws PipelineUnavailableException in the same cases as {@link #build()}
   * @see #buildAgent
   */
  public PipelineInvoker buildInvoker() {
    return new PipelineInvoker(buildAgent());
  }

  /** Builds a pipeline for tests that run the consumer themselves. */
  RecordPipeline buildUnstarted() {
    return assembly(consumer).buildUnstarted();
  }

  private PipelineAssembly assembly(ConsumerSettings consumer) {
    return new PipelineAssembly(
        new PipelineSettings(
            ringSlots, events, backPressurePolicy, consumer, tracepoint.settings()),
        tracepoint);
  }
}

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

/** Configures and builds a {@link RecordPipeline}. Not thread-safe. */
public final class RecordPipelineBuilder {

  /** Slots of the ring, unless set: up to 4 MiB of memory with the default record length. */
  public static final int DEFAULT_RING_SLOTS = 1024;

  /** Longest record in bytes, unless set: what both perf and ftrace deliver. */
  public static final int DEFAULT_MAX_RECORD_LENGTH = EventLayout.MAX_LENGTH_FTRACE;

  /** Longest pause between two attempts to register, unless set. */
  public static final Duration DEFAULT_RETRY_PERIOD = Duration.ofSeconds(60);

  private final TracepointChoice tracepoint;
  private int ringSlots = DEFAULT_RING_SLOTS;
  private EventSettings events = EventSettings.DEFAULT;
  private ConsumerSettings consumer = ConsumerSettings.DEFAULT;
  private BackPressurePolicy backPressurePolicy = BackPressurePolicies.drop();

  RecordPipelineBuilder() {
    this(new TracepointChoice(DEFAULT_RETRY_PERIOD));
  }

  private RecordPipelineBuilder(TracepointChoice tracepoint) {
    this.tracepoint = tracepoint;
  }

  /**
   * Returns another builder with the same settings. A tracepoint that was set is set in both, and
   * serves the first pipeline that either builds.
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
   * @param eventName letters, digits and underscores, at most 255, not a digit first; default
   *     {@value EventLayout#OTLP_METRICS}, which is where readers of OTLP metrics look
   * @throws IllegalArgumentException if it is not
   */
  public RecordPipelineBuilder setEventName(String eventName) {
    tracepoint.eventName(requireNonNull(eventName, "eventName"));
    return this;
  }

  /**
   * Sets where records are written to, in place of the kernel's tracepoint of the event's name. The
   * one pipeline that is built with it registers and closes it.
   */
  public RecordPipelineBuilder setTracepoint(Tracepoint tracepoint) {
    this.tracepoint.tracepoint(requireNonNull(tracepoint, "tracepoint"));
    return this;
  }

  /**
   * Sets where {@code user_events_data} is: the folder on which tracefs is mounted, now or later,
   * or the file. Default: the descriptor that a service manager passes by the name {@code
   * user_events_data} ({@code LISTEN_FDNAMES} of sd_listen_fds(3)). If there is none, each attempt
   * to register looks for the file in {@code /sys/kernel/tracing}, {@code
   * /sys/kernel/debug/tracing} and where {@code /proc/self/mountinfo} says. Has no effect on a
   * tracepoint or descriptor that was set.
   */
  public RecordPipelineBuilder setTracefs(Path tracefs) {
    tracepoint.tracefs(requireNonNull(tracefs, "tracefs"));
    return this;
  }

  /**
   * Sets an open descriptor of {@code user_events_data}, so that this process needs no right on
   * tracefs. The pipeline writes to it and never closes it. Several pipelines may share it; their
   * writes then wait for each other. The event exists until all copies of the descriptor are
   * closed. The number is looked at when the tracepoint is registered; a wrong one is logged and
   * tried again like other failures. Has no effect on a tracepoint that was set.
   *
   * @param dataFileDescriptor 0 or more; -1, the default, for none
   * @throws IllegalArgumentException if it is below -1
   */
  public RecordPipelineBuilder setDataFileDescriptor(int dataFileDescriptor) {
    tracepoint.dataFileDescriptor(dataFileDescriptor);
    return this;
  }

  /**
   * Sets the longest pause between two attempts to register the tracepoint. After the first failure
   * the pause is a second, or this period if that is shorter; it doubles with every further
   * failure.
   *
   * @param retryPeriod 1 ms to 1 day; default {@link #DEFAULT_RETRY_PERIOD}
   * @throws IllegalArgumentException if it is not in that range
   */
  public RecordPipelineBuilder setRetryPeriod(Duration retryPeriod) {
    tracepoint.retryPeriod(requireNonNull(retryPeriod, "retryPeriod"));
    return this;
  }

  /**
   * Sets how many records can wait.
   *
   * @param ringSlots a power of two, 2 to 16,777,216; default {@value #DEFAULT_RING_SLOTS}
   * @throws IllegalArgumentException if it is not
   */
  public RecordPipelineBuilder setRingSlots(int ringSlots) {
    this.ringSlots = SettingRanges.requireRingSlots(ringSlots);
    return this;
  }

  /**
   * Sets up to which length records that wait together are gathered into one event. A longer
   * record, up to {@linkplain #setMaxRecordLength its own limit}, is an event of its own.
   *
   * @param maxEventLength in bytes, 1 to {@link EventLayout#MAX_LENGTH_PERF}, default {@link
   *     EventLayout#MAX_LENGTH_FTRACE}; above it ftrace loses the events, without an error
   * @throws IllegalArgumentException if it is not in that range
   */
  public RecordPipelineBuilder setMaxEventLength(int maxEventLength) {
    events = events.withMaxEventLength(maxEventLength);
    return this;
  }

  /**
   * Sets the longest record. Each slot of the ring has room for one.
   *
   * @param maxRecordLength in bytes, 1 to {@link EventLayout#MAX_LENGTH_PERF}, default {@link
   *     #DEFAULT_MAX_RECORD_LENGTH}; ftrace loses records above {@link
   *     EventLayout#MAX_LENGTH_FTRACE}, without an error, which the log says once
   * @throws IllegalArgumentException if it is not in that range
   */
  public RecordPipelineBuilder setMaxRecordLength(int maxRecordLength) {
    events = events.withMaxRecordLength(maxRecordLength);
    return this;
  }

  /**
   * Sets whether records that wait together are written as one event. To be switched off if the
   * bytes of two records, one after the other, are not one valid message. Default: true.
   */
  public RecordPipelineBuilder setGatherRecords(boolean gatherRecords) {
    events = events.withGatherRecords(gatherRecords);
    return this;
  }

  /**
   * Sets how fast events may fill the buffers of their readers, by a token bucket. An event costs
   * the bytes that it takes in perf's buffer ({@link EventLayout#perfSampleLength}). While there
   * are too few tokens, records wait in the ring: until the listener detaches, and for 5 s at most
   * in all once the pipeline is closed. Default: no pacing.
   *
   * @param bytesPerSecond 1,000 to 1,000,000,000,000; 0 with {@code burstBytes} 0 for no pacing
   * @param burstBytes that may be written at once after a pause, up to 1,073,741,824; at least what
   *     the longest event takes. Smaller than the reader's buffer of one CPU
   * @throws IllegalArgumentException if either is not in its range
   */
  public RecordPipelineBuilder setPacing(long bytesPerSecond, int burstBytes) {
    events = events.withPacing(Pacing.of(bytesPerSecond, burstBytes));
    return this;
  }

  /** Sets the policy for records that find no slot. Default: {@link BackPressurePolicies#drop}. */
  public RecordPipelineBuilder setBackPressurePolicy(BackPressurePolicy backPressurePolicy) {
    this.backPressurePolicy = requireNonNull(backPressurePolicy, "backPressurePolicy");
    return this;
  }

  /** Sets how the consumer waits. Default: {@link ConsumerWaitStrategy#SLEEPING}. */
  public RecordPipelineBuilder setWaitStrategy(ConsumerWaitStrategy waitStrategy) {
    consumer = consumer.withWaitStrategy(requireNonNull(waitStrategy, "waitStrategy"));
    return this;
  }

  /**
   * Sets how the consumer waits, by a strategy of Agrona's or yours, in place of {@link
   * #setWaitStrategy}. Each pipeline needs one for itself. A strategy that parks is woken by
   * publishers that wait for a slot, by flushes and by {@link RecordPipeline#wakeUp}. A strategy
   * that calls {@link Thread#sleep}, like {@code SleepingMillisIdleStrategy}, is not.
   */
  public RecordPipelineBuilder setIdleStrategy(IdleStrategy idleStrategy) {
    consumer = consumer.withIdleStrategy(requireNonNull(idleStrategy, "idleStrategy"));
    return this;
  }

  /**
   * Sets who is told of errors that the consumer meets and cannot do anything about. The consumer
   * goes on after each. Called on the consumer's thread; an exception that it throws is counted.
   * Default: the log, at most once a minute.
   */
  public RecordPipelineBuilder setErrorHandler(ErrorHandler errorHandler) {
    consumer = consumer.withErrorHandler(requireNonNull(errorHandler, "errorHandler"));
    return this;
  }

  /** Sets who is told when listeners attach and detach. Default: nobody. */
  public RecordPipelineBuilder setStateListener(TracepointStateListener stateListener) {
    tracepoint.stateListener(requireNonNull(stateListener, "stateListener"));
    return this;
  }

  /**
   * Sets who makes the consumer's thread, for one pipeline each time. By default it is a daemon
   * named {@code user-events-} and the event's name, without a context class loader.
   */
  public RecordPipelineBuilder setThreadFactory(ThreadFactory threadFactory) {
    consumer = consumer.withThreadFactory(requireNonNull(threadFactory, "threadFactory"));
    return this;
  }

  /**
   * Sets the CPU that the consumer's thread runs on. The kernel keeps its trace buffers by CPU, so
   * all events then fill that one's. If the process may not use the CPU ({@link CpuAffinity}), that
   * is logged and the consumer runs unpinned, unless it is {@linkplain #setConsumerCpuRequired
   * required}. By default it is not pinned.
   *
   * @param consumerCpu as Linux numbers them, 0 to {@value CpuSet#MAX_CPU}
   * @throws IllegalArgumentException if it is not in that range
   */
  public RecordPipelineBuilder setConsumerCpu(int consumerCpu) {
    consumer = consumer.withCpu(consumerCpu);
    return this;
  }

  /**
   * Sets whether {@link #build()} fails if the consumer cannot run on the CPU that was set.
   * Default: false.
   */
  public RecordPipelineBuilder setConsumerCpuRequired(boolean consumerCpuRequired) {
    consumer = consumer.withCpuRequired(consumerCpuRequired);
    return this;
  }

  /**
   * Starts the consumer thread and waits, for 10 s at most, until it has tried to register the
   * tracepoint. A failure to register is logged and tried again later, not thrown.
   *
   * @throws IllegalArgumentException if the ring's memory would be 2 GiB or more, or pacing would
   *     never let the longest event go
   * @throws IllegalStateException if a pipeline was built with the tracepoint that was set, the
   *     thread factory gives no thread, or the consumer cannot run on a CPU that is required
   * @throws PipelineUnavailableException if a library is missing or does not fit, a flag of the JVM
   *     forbids what it does, or there is not enough memory; never an Error for these reasons
   */
  public RecordPipeline build() {
    return assembly(consumer).buildStarted();
  }

  /**
   * Makes a pipeline without a thread, whose consumer is an Agrona agent for the application to
   * run. Thread factory, CPU and wait strategy have no effect: they are those of the runner.
   * Nothing is registered before the agent is started.
   *
   * @throws IllegalArgumentException like {@link #build()}
   * @throws IllegalStateException if a pipeline was built with the tracepoint that was set
   * @throws PipelineUnavailableException like {@link #build()}
   */
  public PipelineAgent buildAgent() {
    return assembly(consumer.ofAgent()).buildAgent();
  }

  /** Makes a pipeline that the application drives from its duty cycle, see {@link #buildAgent}. */
  public PipelineInvoker buildInvoker() {
    return new PipelineInvoker(buildAgent());
  }

  /** For tests that run the consumer by hand. */
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

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import io.userevents.affinity.CpuAffinity;
import io.userevents.affinity.CpuSet;
import io.userevents.internal.libraries.Diagnosis;
import io.userevents.internal.libraries.Library;
import io.userevents.internal.memory.NativeRegion;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.Tracepoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/** Configures a {@link RecordPipeline}. Not thread-safe. */
public final class RecordPipelineBuilder {

  /**
   * Slots of the ring, unless set: with the default record length up to 4 MiB of memory, of which
   * pages that no record was put into take none.
   */
  public static final int DEFAULT_RING_SLOTS = 1024;

  /** Longest record in bytes, unless set: what both perf and ftrace deliver. */
  public static final int DEFAULT_MAX_RECORD_LENGTH = EventLayout.MAX_LENGTH_FTRACE;

  /** Longest pause between two attempts to register, unless set. */
  public static final Duration DEFAULT_RETRY_PERIOD = Duration.ofSeconds(60);

  private final TracepointChoice tracepoint;
  private int ringSlots = DEFAULT_RING_SLOTS;
  private int maxRecordLength = DEFAULT_MAX_RECORD_LENGTH;
  private int maxEventLength = DEFAULT_MAX_RECORD_LENGTH;
  private boolean gatherRecords = true;
  private Pacing pacing = Pacing.NONE;
  private BackPressurePolicy backPressurePolicy = BackPressurePolicies.drop();
  private ConsumerWaitStrategy waitStrategy = ConsumerWaitStrategy.SLEEPING;
  private @Nullable IdleStrategy idleStrategy;
  private @Nullable ErrorHandler errorHandler;
  private TracepointStateListener stateListener = TracepointStateListener.NONE;
  private @Nullable ThreadFactory threadFactory;
  private int consumerCpu = PipelineSettings.NO_CPU;
  private boolean consumerCpuRequired;
  private Duration retryPeriod = DEFAULT_RETRY_PERIOD;

  RecordPipelineBuilder() {
    tracepoint = new TracepointChoice();
  }

  private RecordPipelineBuilder(RecordPipelineBuilder other) {
    tracepoint = other.tracepoint.copy();
    ringSlots = other.ringSlots;
    maxRecordLength = other.maxRecordLength;
    maxEventLength = other.maxEventLength;
    gatherRecords = other.gatherRecords;
    pacing = other.pacing;
    backPressurePolicy = other.backPressurePolicy;
    waitStrategy = other.waitStrategy;
    idleStrategy = other.idleStrategy;
    errorHandler = other.errorHandler;
    stateListener = other.stateListener;
    threadFactory = other.threadFactory;
    consumerCpu = other.consumerCpu;
    consumerCpuRequired = other.consumerCpuRequired;
    retryPeriod = other.retryPeriod;
  }

  /**
   * Returns another builder with the same settings. A tracepoint that was set is set in both, and
   * serves the first pipeline that either builds.
   */
  public RecordPipelineBuilder copy() {
    return new RecordPipelineBuilder(this);
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
   * user_events_data} ({@code LISTEN_FDNAMES} of sd_listen_fds(3)), else the file in {@code
   * /sys/kernel/tracing}, {@code /sys/kernel/debug/tracing} or where {@code /proc/self/mountinfo}
   * says, looked up at each attempt to register. Without effect on a tracepoint or descriptor that
   * was set.
   */
  public RecordPipelineBuilder setTracefs(Path tracefs) {
    tracepoint.tracefs(requireNonNull(tracefs, "tracefs"));
    return this;
  }

  /**
   * Sets a descriptor of {@code user_events_data} that is used in place of opening the file, so
   * that this process needs no right on tracefs. Somebody else has opened it, for writing, and
   * closes it: the pipeline never does. Several pipelines may share it; their writes then wait for
   * each other. The event exists until all copies of the descriptor are closed. The number is
   * looked at when the tracepoint is registered; a wrong one is logged and tried again like other
   * failures. Without effect on a tracepoint that was set.
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
    this.retryPeriod = SettingRanges.requireRetryPeriod(requireNonNull(retryPeriod, "retryPeriod"));
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
    this.maxEventLength = SettingRanges.requireDeliverable("maxEventLength", maxEventLength);
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
    this.maxRecordLength = SettingRanges.requireDeliverable("maxRecordLength", maxRecordLength);
    return this;
  }

  /**
   * Sets whether records that wait together are written as one event. To be switched off if the
   * bytes of two records, one after the other, are not one valid message. Default: true.
   */
  public RecordPipelineBuilder setGatherRecords(boolean gatherRecords) {
    this.gatherRecords = gatherRecords;
    return this;
  }

  /**
   * Sets how fast events may fill the buffers of those who read them, by a token bucket. An event
   * costs as much as it takes in perf's buffer ({@link EventLayout#perfSampleLength}); when there
   * are too few tokens the consumer waits, and records wait in the ring. By default it does not:
   * events are written as fast as the kernel takes them.
   *
   * <p>It does not wait once the listener has detached, nor for more than 5 s in all once the
   * pipeline is closed.
   *
   * @param bytesPerSecond 1,000 to 1,000,000,000,000; 0 with {@code burstBytes} 0 for no pacing
   * @param burstBytes that may be written at once after a pause, up to 1,073,741,824; at least what
   *     the longest event takes. Smaller than the reader's buffer of one CPU
   * @throws IllegalArgumentException if either is not in its range
   */
  public RecordPipelineBuilder setPacing(long bytesPerSecond, int burstBytes) {
    pacing = Pacing.of(bytesPerSecond, burstBytes);
    return this;
  }

  /**
   * Sets what happens to records that find no slot. Default: {@link BackPressurePolicies#drop()}.
   */
  public RecordPipelineBuilder setBackPressurePolicy(BackPressurePolicy backPressurePolicy) {
    this.backPressurePolicy = requireNonNull(backPressurePolicy, "backPressurePolicy");
    return this;
  }

  /** Sets how the consumer waits. Default: {@link ConsumerWaitStrategy#SLEEPING}. */
  public RecordPipelineBuilder setWaitStrategy(ConsumerWaitStrategy waitStrategy) {
    this.waitStrategy = requireNonNull(waitStrategy, "waitStrategy");
    idleStrategy = null;
    return this;
  }

  /**
   * Sets how the consumer waits, by any of Agrona's strategies or one of yours, in place of {@link
   * #setWaitStrategy}. It is used by one thread, so each pipeline needs one. A strategy that parks
   * is woken by publishers that wait for a slot, by flushes and by {@link RecordPipeline#wakeUp};
   * one that calls {@link Thread#sleep}, as {@code SleepingMillisIdleStrategy} does, is not.
   */
  public RecordPipelineBuilder setIdleStrategy(IdleStrategy idleStrategy) {
    this.idleStrategy = requireNonNull(idleStrategy, "idleStrategy");
    return this;
  }

  /**
   * Sets who is told of errors that the consumer meets and cannot do anything about. The consumer
   * goes on after each. Called on the consumer's thread; an exception that it throws is counted.
   * Default: the log, at most once a minute.
   */
  public RecordPipelineBuilder setErrorHandler(ErrorHandler errorHandler) {
    this.errorHandler = requireNonNull(errorHandler, "errorHandler");
    return this;
  }

  /** Sets who is told when listeners attach and detach. Default: nobody. */
  public RecordPipelineBuilder setStateListener(TracepointStateListener stateListener) {
    this.stateListener = requireNonNull(stateListener, "stateListener");
    return this;
  }

  /**
   * Sets who makes the consumer's thread, for one pipeline each time. By default it is a daemon
   * named {@code user-events-} and the event's name, without a context class loader.
   */
  public RecordPipelineBuilder setThreadFactory(ThreadFactory threadFactory) {
    this.threadFactory = requireNonNull(threadFactory, "threadFactory");
    return this;
  }

  /**
   * Sets the CPU that the consumer's thread runs on. The kernel keeps its trace buffers by CPU, so
   * all events then fill that one's. If the process may not use the CPU, that is logged and the
   * consumer runs unpinned, unless it is {@linkplain #setConsumerCpuRequired required}. By default
   * it is not pinned. What the process may use is what {@link CpuAffinity} says.
   *
   * @param consumerCpu as Linux numbers them, 0 to {@value CpuSet#MAX_CPU}
   * @throws IllegalArgumentException if it is not in that range
   */
  public RecordPipelineBuilder setConsumerCpu(int consumerCpu) {
    this.consumerCpu = SettingRanges.requireCpu(consumerCpu);
    return this;
  }

  /**
   * Sets whether {@link #build()} fails if the consumer cannot run on the CPU that was set.
   * Default: false.
   */
  public RecordPipelineBuilder setConsumerCpuRequired(boolean consumerCpuRequired) {
    this.consumerCpuRequired = consumerCpuRequired;
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
    return buildAnd(
        pipeline -> {
          pipeline.start();
          return pipeline;
        });
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
    return buildAnd(RecordPipeline::agent);
  }

  /**
   * Makes a pipeline without a thread, which the application drives from its own duty cycle; see
   * {@link #buildAgent}.
   */
  public PipelineInvoker buildInvoker() {
    return new PipelineInvoker(buildAgent());
  }

  private <T> T buildAnd(Function<RecordPipeline, T> completion) {
    try {
      // The ring gets its memory from the consumer: if Agrona cannot work here, say so to the
      // caller.
      NativeRegion.allocate(1, 1).free();
      RecordRing.link();
      RecordPipeline pipeline = buildUnstarted();
      boolean isComplete = false;
      try {
        T built = completion.apply(pipeline);
        isComplete = true;
        return built;
      } finally {
        if (!isComplete && pipeline.closeAsync().isDone()) {
          tracepoint.giveBack();
        }
      }
    } catch (LinkageError | OutOfMemoryError e) {
      throw new PipelineUnavailableException(
          "the pipeline cannot be set up: "
              + Diagnosis.of(e, List.of(Library.DISRUPTOR, Library.AGRONA, Library.JNA))
              + "; asked for ringSlots="
              + ringSlots
              + " maxRecordLength="
              + maxRecordLength,
          e);
    }
  }

  /** For tests that run the consumer by hand. */
  RecordPipeline buildUnstarted() {
    pacing.requireRoomFor(
        gatherRecords ? Math.max(maxRecordLength, maxEventLength) : maxRecordLength);
    PipelineSettings settings =
        new PipelineSettings(
            ringSlots,
            maxRecordLength,
            maxEventLength,
            gatherRecords,
            pacing,
            backPressurePolicy,
            waitStrategy,
            idleStrategy,
            errorHandler,
            stateListener,
            threadFactory,
            consumerCpu,
            consumerCpuRequired,
            tracepoint.tracefs(),
            tracepoint.dataFileDescriptor(),
            retryPeriod.toNanos());
    Tracepoint taken = tracepoint.take();
    boolean isBuilt = false;
    try {
      RecordPipeline pipeline = new RecordPipeline(taken, settings);
      isBuilt = true;
      return pipeline;
    } finally {
      if (!isBuilt) {
        tracepoint.giveBack();
      }
    }
  }
}

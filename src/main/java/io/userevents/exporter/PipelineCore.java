// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.exporter.internal.log.RefusedValues;
import io.userevents.exporter.internal.log.ThrottledLog;
import io.userevents.exporter.internal.otlp.EncoderLimits;
import io.userevents.exporter.internal.otlp.NamePatterns;
import io.userevents.exporter.internal.otlp.RecordEncoder;
import io.userevents.exporter.internal.selfmetrics.SelfMetrics;
import io.userevents.exporter.prepared.PreparedPoints;
import io.userevents.exporter.prepared.PreparedPointsBuilder;
import io.userevents.internal.log.BackgroundLog;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.pipeline.TracepointState;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Encodes metrics and publishes them through a pipeline. */
final class PipelineCore extends ExporterCore {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());

  /** The longest wait of the first export for the first attempt to register the tracepoint. */
  private static final Duration REGISTRATION_WAIT = Duration.ofSeconds(10);

  /** The longest time for which log handlers hold up the result of a shutdown. */
  private static final long MAX_LOG_AWAIT_NS = TimeUnit.SECONDS.toNanos(1);

  private final RecordPipeline pipeline;
  private final boolean ownsPipeline;
  private final EncoderLimits limits;
  private final NamePatterns excludedResourceAttributes;
  private final int encodingCacheMemory;
  private final ThrottledLog unreadable = new ThrottledLog(LOGGER);
  private final ThrottledLog closedPipeline = new ThrottledLog(LOGGER);
  private final ThrottledLog failedCompletions = new ThrottledLog(LOGGER);
  private final OversizeReports oversizeReports;
  private final Completions completions;
  private final ExportContext context;
  private final RunningExports runningExports = new RunningExports();

  // Made with the core. The JVM links a lambda at its first use, and one whose linking fails,
  // because memory is short, fails ever after.
  private final Function<@Nullable Void, CompletionStage<Void>> endPipeline = this::endPipeline;
  private final Runnable completeReports = this::completeReports;

  /** The exporter's own metrics; null unless a provider of meters was set. */
  private final @Nullable SelfMetrics selfMetrics;

  /**
   * The same object until these metrics have begun. The field is plain, because every export reads
   * it: a thread that does not see at once that they have begun begins them again, which does
   * nothing.
   */
  private @Nullable SelfMetrics awaitedSelfMetrics;

  /**
   * Whether an export waits until the pipeline has tried to register its tracepoint. The field is
   * plain, because every export without a listener reads it: a thread that does not see at once
   * that somebody has waited finds that the wait is over.
   */
  private boolean awaitsRegistration;

  /** The encoder with the cache. It belongs to the export that has taken it. */
  private @Nullable RecordEncoder encoder;

  private final AtomicBoolean isEncoderLent = new AtomicBoolean();

  PipelineCore(
      UserEventsMetricExporterBuilder settings, RecordPipeline pipeline, boolean ownsPipeline) {
    this(settings, pipeline, ownsPipeline, Completions::makeThread);
  }

  /** Creates a core for tests of threads that cannot be started. */
  PipelineCore(
      UserEventsMetricExporterBuilder settings,
      RecordPipeline pipeline,
      boolean ownsPipeline,
      ThreadFactory threads) {
    completions = new Completions(threads, failedCompletions);
    this.pipeline = pipeline;
    this.ownsPipeline = ownsPipeline;
    // The owner of a given pipeline may have waited, and may not run its agent yet.
    awaitsRegistration = ownsPipeline;
    limits =
        EncoderLimits.of(
            pipeline.maxEventLength(), pipeline.maxRecordLength(), settings.maxPointsPerRecord());
    excludedResourceAttributes = settings.excludedResourceAttributes;
    encodingCacheMemory = settings.encodingCacheMemory;
    oversizeReports = new OversizeReports(pipeline.maxRecordLength());
    context =
        new ExportContext(
            pipeline, settings.maxExportWaitNs(), counters, oversizeReports, completions);
    selfMetrics =
        settings.meterProvider == null
            ? null
            : new SelfMetrics(settings.meterProvider, pipeline, UserEventsMetricExporter.class);
    awaitedSelfMetrics = selfMetrics;
  }

  @Override
  boolean isAttached() {
    return pipeline.isAttached();
  }

  @Override
  boolean isUnsupported() {
    return pipeline.state() == TracepointState.UNSUPPORTED;
  }

  @Override
  boolean awaitRegistration(Duration timeout) {
    return pipeline.awaitRegistration(timeout);
  }

  @Override
  boolean isRegistrationPending() {
    return ownsPipeline && !pipeline.awaitRegistration(Duration.ZERO);
  }

  @Override
  long recordingNumber() {
    return pipeline.recordingNumber();
  }

  @Override
  void beginSelfMetrics() {
    SelfMetrics awaited = awaitedSelfMetrics;
    if (awaited != null && awaited.begin()) {
      awaitedSelfMetrics = null;
    }
  }

  @Override
  CompletableResultCode export(Collection<MetricData> metrics) {
    if (awaitsRegistration) {
      awaitsRegistration =
          !pipeline.awaitRegistration(REGISTRATION_WAIT) && Thread.currentThread().isInterrupted();
    }
    if (pipeline.isAttached()) {
      return encodeAndPublish(metrics);
    }
    // Only shutdown closes the exporter's own pipeline, and no export comes here after it.
    if (!ownsPipeline && pipeline.isClosed()) {
      return refuseClosed(metrics);
    }
    beginSelfMetrics();
    counters.skipped();
    return CompletableResultCode.ofSuccess();
  }

  @Override
  CompletableResultCode exportCollected(Collection<MetricData> metrics) {
    return encodeAndPublish(metrics);
  }

  /**
   * Fails an export whose pipeline was closed by its owner, who may not know that the exporter
   * continues.
   */
  private CompletableResultCode refuseClosed(Collection<MetricData> metrics) {
    counters.exported();
    counters.refused(Outcome.DROPPED_CLOSED, Export.countPoints(metrics));
    ExportException cause =
        new ExportException(ExportException.describe(Outcome.DROPPED_CLOSED, /* errno= */ 0));
    closedPipeline.warn(
        "export failed: the pipeline that was given to this exporter is closed; shut the exporter"
            + " down before its pipeline",
        null);
    return SdkVersions.failed(cause);
  }

  private CompletableResultCode encodeAndPublish(Collection<MetricData> metrics) {
    counters.exported();
    runningExports.begin();
    try {
      return encodeAndPublish(metrics, new Export(context));
    } finally {
      runningExports.end();
    }
  }

  private CompletableResultCode encodeAndPublish(Collection<MetricData> metrics, Export export) {
    try {
      if (selfMetrics != null) {
        export.measure(selfMetrics, metrics);
      }
      encode(metrics, export);
      export.end();
    } catch (Error e) {
      export.breakOff(metrics, e);
      throw e;
    } catch (Throwable e) {
      // Code in other languages can throw checked exceptions here.
      export.breakOff(metrics, e);
      unreadable.warn(
          "export failed, its points after the failure are dropped: the cause says which metric data"
              + " cannot be read, correct the code that produces it",
          e);
    }
    return export.result();
  }

  private void encode(Collection<MetricData> metrics, Export export) {
    if (!isEncoderLent.compareAndSet(false, true)) {
      // Two concurrent exports are rare; the second one encodes everything again.
      newEncoder(0).encode(metrics, export);
      return;
    }
    try {
      RecordEncoder lent = encoder;
      if (lent == null) {
        lent = newEncoder(encodingCacheMemory);
        encoder = lent;
      }
      lent.encode(metrics, export);
    } catch (Error e) {
      // The state is unknown, for example after a lack of memory, so the next export makes a new
      // encoder.
      encoder = null;
      throw e;
    } finally {
      isEncoderLent.set(false);
    }
  }

  private RecordEncoder newEncoder(int cacheMemory) {
    return new RecordEncoder(limits, excludedResourceAttributes, cacheMemory);
  }

  @Override
  CompletableResultCode flush() {
    return resultOf(pipeline.flush(), null);
  }

  @Override
  CompletableResultCode shutdown() {
    if (selfMetrics != null) {
      selfMetrics.close();
    }
    CompletableResultCode result =
        resultOf(runningExports.ended().thenCompose(endPipeline), completeReports);
    completions.stop();
    return result;
  }

  private CompletionStage<Void> endPipeline(@Nullable Void exportsEnded) {
    return ownsPipeline ? pipeline.closeAsync() : pipeline.flush();
  }

  /** Logs the failures that were counted and not logged yet. */
  private void completeReports() {
    unreadable.complete();
    closedPipeline.complete();
    failedCompletions.complete();
    oversizeReports.complete();
    RefusedValues.complete(pipeline);
    // The JVM may exit next, and the pipeline's last lines would be lost.
    boolean unused = BackgroundLog.await(MAX_LOG_AWAIT_NS);
  }

  /**
   * Returns the result of a flush or a shutdown. It completes after the results of the exports that
   * it waited for.
   *
   * @param before runs before the result is completed
   */
  private CompletableResultCode resultOf(
      CompletableFuture<Void> future, @Nullable Runnable before) {
    CompletableResultCode result = new CompletableResultCode();
    FutureCompletion completion = new FutureCompletion(completions, future, before, result);
    if (future.isDone() && completions.isIdle()) {
      completion.complete();
    } else if (completions.begin()) {
      completion.completeLater();
    } else {
      awaitUnthreaded(future);
      if (future.isDone()) {
        completion.complete();
      } else {
        SdkVersions.fail(
            result,
            new IllegalStateException(
                "the work continues, but no thread can be started that would report its end: see the"
                    + " log"));
        // This runs here and not later, when the consumer's thread would run it and the log
        // handlers.
        if (before != null) {
          before.run();
        }
      }
    }
    return result;
  }

  /**
   * Waits for the result, instead of the thread that could not be started; an interrupt ends the
   * wait.
   */
  private static void awaitUnthreaded(CompletableFuture<Void> future) {
    try {
      future.get(Export.UNTHREADED_WAIT_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // The future, which is done, or the caller reports this.
    }
  }

  @Override
  PreparedPointsBuilder preparedPoints() {
    return PreparedPoints.builder(pipeline)
        .setExcludedResourceAttributes(excludedResourceAttributes.patterns());
  }

  @Override
  PipelineStatistics pipelineStatistics() {
    return pipeline.statistics();
  }

  @Override
  public String toString() {
    return pipeline.toString();
  }
}

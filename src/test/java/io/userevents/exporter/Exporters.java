// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.Tracepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts the exporters of a test, keeps their log, and after the test shuts them down and checks
 * that every record that was offered has exactly one outcome.
 */
final class Exporters implements BeforeEachCallback, AfterEachCallback {

  private final List<UserEventsMetricExporter> exporters = new ArrayList<>();
  private final List<ScriptedTracepoint> tracepoints = new ArrayList<>();
  private @Nullable CapturedLog exporterLog;
  private @Nullable CapturedLog pipelineLog;

  @Override
  public void beforeEach(ExtensionContext context) {
    exporterLog = new CapturedLog(UserEventsMetricExporter.class);
    pipelineLog = new CapturedLog(RecordPipeline.class);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    try {
      tracepoints.forEach(ScriptedTracepoint::releaseAll);
      for (UserEventsMetricExporter exporter : exporters) {
        // Tests that shut down themselves wait for it themselves: a second call does not.
        assertThat(await(exporter.shutdown()).isSuccess()).isTrue();
        PipelineStatistics pipeline = exporter.statistics().pipeline();
        assertThat(pipeline.outcomes()).as(pipeline::toString).isEqualTo(pipeline.offered());
      }
    } finally {
      close(exporterLog);
      close(pipelineLog);
      exporters.clear();
      tracepoints.clear();
    }
  }

  ScriptedTracepoint tracepoint() {
    ScriptedTracepoint tracepoint = new ScriptedTracepoint();
    tracepoints.add(tracepoint);
    return tracepoint;
  }

  /** Starts an exporter, and does not wait until it has tried to register. */
  UserEventsMetricExporter startUnregistered(UserEventsMetricExporterBuilder builder) {
    UserEventsMetricExporter exporter = builder.build();
    exporters.add(exporter);
    return exporter;
  }

  /** Starts an exporter with the defaults. */
  UserEventsMetricExporter start(Tracepoint tracepoint) {
    return start(UserEventsMetricExporter.builder().setTracepoint(tracepoint));
  }

  UserEventsMetricExporter start(UserEventsMetricExporterBuilder builder) {
    UserEventsMetricExporter exporter = startUnregistered(builder);
    assertThat(exporter.awaitRegistration(Duration.ofSeconds(60))).isTrue();
    return exporter;
  }

  /** Returns the messages of the exporter, and not of its pipeline, at this level. */
  List<String> log(Level level) {
    if (exporterLog == null) {
      throw new IllegalStateException("only while a test runs");
    }
    return exporterLog.messages(level);
  }

  /** Returns the messages of the pipeline at this level. */
  List<String> pipelineLog(Level level) {
    if (pipelineLog == null) {
      throw new IllegalStateException("only while a test runs");
    }
    return pipelineLog.messages(level);
  }

  /** Waits until it is done. */
  static CompletableResultCode await(CompletableResultCode result) {
    return awaitFor(60, result);
  }

  /** Waits for so many seconds at most until it is done. */
  static CompletableResultCode awaitFor(int seconds, CompletableResultCode result) {
    result.join(seconds, TimeUnit.SECONDS);
    assertThat(result.isDone()).as("done within %s s", seconds).isTrue();
    return result;
  }

  /** Waits until it has failed, and returns why. */
  static String awaitFailure(CompletableResultCode result) {
    assertThat(await(result).isSuccess()).isFalse();
    Throwable failure = result.getFailureThrowable();
    if (failure == null) {
      throw new AssertionError("failed without a cause");
    }
    return String.valueOf(failure.getMessage());
  }

  private static void close(@Nullable CapturedLog log) {
    if (log != null) {
      log.close();
    }
  }
}

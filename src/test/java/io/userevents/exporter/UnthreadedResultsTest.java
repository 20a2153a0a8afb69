// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.awaitFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.userevents.pipeline.RecordPipeline;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flush and shutdown where the thread that completes results cannot be started. */
@Timeout(300)
class UnthreadedResultsTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldWaitUntilAllIsWritten(boolean isShutdown) throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      PipelineCore core = core(pipeline);
      publish(pipeline);
      gate.awaitEntered();

      CompletableFuture<CompletableResultCode> called =
          CompletableFuture.supplyAsync(() -> isShutdown ? core.shutdown() : core.flush());
      while (exporters.log(Level.WARNING).isEmpty()) {
        Thread.sleep(1);
      }
      gate.release();
      CompletableResultCode result = called.get();

      assertThat(result.isDone()).as("when it returns").isTrue();
      assertThat(result.isSuccess()).isTrue();
      assertThat(tracepoint.closed).isEqualTo(isShutdown);
    }
    assertThat(exporters.log(Level.WARNING))
        .singleElement()
        .asString()
        .startsWith("the thread that completes results cannot be started");
  }

  @Test
  void shouldCompleteTheReportsAtOnceWhenNoThreadCouldDoItAtTheEnd() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      PipelineCore core = core(pipeline);
      publish(pipeline);
      gate.awaitEntered();

      // Which ends the waits.
      Thread.currentThread().interrupt();
      CompletableResultCode flush = core.flush();
      CompletableResultCode shutdown = core.shutdown();

      assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
      assertThat(awaitFailure(flush)).contains("no thread can be started");
      assertThat(awaitFailure(shutdown)).contains("no thread can be started");
      assertThat(exporters.log(Level.WARNING)).as("with the rest of the reports").hasSize(2);
      gate.release();
    }
  }

  private static PipelineCore core(RecordPipeline pipeline) {
    return new PipelineCore(
        UserEventsMetricExporter.builder(),
        pipeline,
        /* ownsPipeline= */ true,
        loop -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
  }

  private static void publish(RecordPipeline pipeline) {
    byte[] bytes = {1, 2, 3};
    assertThat(pipeline.publish(new UnsafeBuffer(bytes), 0, bytes.length).isAccepted()).isTrue();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.KernelTracepoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The kernel state after one process has opened and closed many pipelines. The test of the same
 * name in the module pipeline checks the memory of the process.
 */
@Tag("kernel")
final class OpenCloseTest {

  private static final int PIPELINES = 100;
  private static final int RECORDS_PER_THREAD = 4;

  private static final Logger LOGGER = Logger.getLogger(RecordPipeline.class.getName());

  private final @Nullable Level levelBefore = LOGGER.getLevel();
  private final DirectBuffer record =
      new UnsafeBuffer("record".getBytes(StandardCharsets.US_ASCII));
  private final ExecutorService secondPublisher = Executors.newSingleThreadExecutor();

  @BeforeEach
  void leaveRegistrationsOutOfTheLog() {
    LOGGER.setLevel(Level.WARNING);
  }

  @AfterEach
  void restore() {
    LOGGER.setLevel(levelBefore);
    secondPublisher.shutdown();
  }

  /** The kernel creates the event for each pipeline, and removes it again. */
  @Test
  void shouldLeaveNoEventAndNoDescriptorWhenNobodyListens() throws Exception {
    openAndClose(Outcome.DROPPED_DETACHED);
    long descriptors = entries("/proc/self/fd");
    for (int i = 0; i < PIPELINES; i++) {
      openAndClose(Outcome.DROPPED_DETACHED);
    }
    assertThat(entries("/proc/self/fd")).isEqualTo(descriptors);
    assertNoEvent();
  }

  /** The event outlives the pipelines, and each of them finds itself attached from the start. */
  @Test
  void shouldLeaveNoEventAndNoDescriptorWhenClosedBeforeTheListener() throws Exception {
    KernelTracepoint holder = new KernelTracepoint(Tracing.EVENT);
    holder.register();
    Tracing.enable(true);
    try {
      openAndClose(Outcome.WRITTEN);
      long descriptors = entries("/proc/self/fd");
      for (int i = 0; i < PIPELINES; i++) {
        openAndClose(Outcome.WRITTEN);
      }
      assertThat(entries("/proc/self/fd")).isEqualTo(descriptors);
    } finally {
      Tracing.enable(false);
      holder.close();
    }
    assertNoEvent();
  }

  private void openAndClose(Outcome expected) throws Exception {
    RecordPipeline pipeline =
        RecordPipeline.builder().setRingSlots(64).setMaxRecordLength(256).build();
    Future<?> published = secondPublisher.submit(() -> publish(pipeline));
    publish(pipeline);
    published.get(300, TimeUnit.SECONDS);
    pipeline.flush().get(300, TimeUnit.SECONDS);
    pipeline.closeAsync().get(300, TimeUnit.SECONDS);
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.offered()).isEqualTo(2 * RECORDS_PER_THREAD);
    assertThat(statistics.count(expected)).as("%s", statistics).isEqualTo(statistics.offered());
  }

  private void publish(RecordPipeline pipeline) {
    for (int i = 0; i < RECORDS_PER_THREAD; i++) {
      pipeline.publish(record, 0, record.capacity());
    }
  }

  private static void assertNoEvent() throws Exception {
    Tracing.await("end of the event", () -> !Tracing.eventExists());
    assertThat(Tracing.run("cat", Tracing.TRACEFS.resolve("user_events_status").toString()))
        .contains("Active: 0");
  }

  private static long entries(String folder) throws IOException {
    try (Stream<Path> paths = Files.list(Path.of(folder))) {
      return paths.count();
    }
  }
}

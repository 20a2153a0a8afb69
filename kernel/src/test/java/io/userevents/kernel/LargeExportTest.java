// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.userevents.exporter.ExporterStatistics;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.EventLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One export of very many points is received whole, with hardly more writes than it needs. */
@Tag("kernel")
final class LargeExportTest {

  /** The factor for the least number of writes. */
  private static final double MAX_WRITES = 1.05;

  /**
   * The number of slots. They hold each packed export completely, because the consumer waits for
   * its turn on one emulated processor.
   */
  private static final int RING_SLOTS = 4096;

  /**
   * The size of the buffer. It holds each export completely, because the listener is not read
   * before the end.
   */
  private static final int LISTENER_BUFFER_KB = 16 << 10;

  private static final long LIMIT_SECONDS = 300;

  @RegisterExtension final Exporters exporters = new Exporters();

  private final ObservedTracepoint tracepoint = new ObservedTracepoint();

  @Test
  void shouldReachTheListenerWholeInHardlyMoreWritesThanTheLimitAllows() throws Exception {
    assertReceivedWholeInFewWrites(
        new NumberedPoints(20, 5000),
        EventLayout.MAX_LENGTH_FTRACE,
        () -> ListenerReader.start(LISTENER_BUFFER_KB));
  }

  @Test
  void shouldReachPerfWholeInHardlyMoreWritesThanItsLongerLimitAllows() throws Exception {
    assertReceivedWholeInFewWrites(
        new NumberedPoints(10, 2000), EventLayout.MAX_LENGTH_PERF, PerfReader::start);
  }

  @Test
  void shouldReachTheListenerInOneEventForEachPointIfAskedTo() throws Exception {
    NumberedPoints points = new NumberedPoints(10, 200);
    List<byte[]> events =
        export(
            points,
            // The default ring holds half of the points, so the export waits.
            UserEventsMetricExporter.builder().setOnePointPerEvent(true),
            ListenerReader::start);

    // Does not use hasSize, which would print all bytes. That takes minutes on the emulated
    // console.
    assertThat(events.size()).isEqualTo(points.count());
    for (byte[] event : events) {
      assertThat(MetricPart.decode(event))
          .singleElement()
          .satisfies(part -> assertThat(part.points()).hasSize(1));
    }
    points.requireAllInOrder(decode(events));
  }

  private void assertReceivedWholeInFewWrites(
      NumberedPoints points, int limit, EventReader.Source source) throws Exception {
    List<byte[]> events =
        export(
            points,
            UserEventsMetricExporter.builder().setMaxRecordLength(limit).setRingSlots(RING_SLOTS),
            source);

    List<MetricPart> parts = decode(events);
    points.requireAllInOrder(parts);
    long least = LeastEvents.of(parts, limit);
    System.out.printf(
        "points=%s limit=%s writes=%s least=%s%n",
        points.count(), limit, tracepoint.writes(), least);
    assertThat((double) tracepoint.writes()).isBetween((double) least, MAX_WRITES * least);
  }

  /** Returns the events that the reader received: as many as were written, all at once. */
  private List<byte[]> export(
      NumberedPoints points, UserEventsMetricExporterBuilder builder, EventReader.Source source)
      throws Exception {
    UserEventsMetricExporter exporter = exporters.build(builder.setTracepoint(tracepoint));
    EventReader reader = source.start();
    Tracing.await("attachment", exporter::isAttached);

    CompletableResultCode result = exporter.export(points.toExport());
    assertThat(result.join(LIMIT_SECONDS, TimeUnit.SECONDS).isSuccess()).isTrue();
    List<byte[]> events = reader.end();

    ExporterStatistics statistics = exporter.statistics();
    assertThat(statistics.points(Outcome.WRITTEN)).isEqualTo(points.count());
    assertThat(statistics.pipeline().dropped()).isZero();
    assertThat(statistics.pipeline().writeCalls())
        .isEqualTo(tracepoint.writes())
        .isEqualTo(events.size());
    return events;
  }

  private static List<MetricPart> decode(List<byte[]> events) throws Exception {
    List<MetricPart> parts = new ArrayList<>();
    for (byte[] event : events) {
      parts.addAll(MetricPart.decode(event));
    }
    return parts;
  }
}

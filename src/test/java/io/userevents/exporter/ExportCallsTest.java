// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.ScriptedSyscalls;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The exact number of system calls of an export. It has no tolerance: whatever changes the number
 * changes this test too.
 */
@Timeout(300)
class ExportCallsTest {

  private static final int POINTS = 10_000;

  /**
   * The events of a packed export of these points. All but the last are as full as an event may be,
   * so no order of the two threads gathers two records into one event, and the number is the same
   * in every run.
   */
  private static final int PACKED_EVENTS = 145;

  /**
   * How often the consumer asks whether its registration is lost, export or not. The test takes
   * that long on a machine that is very busy alone.
   */
  private static final long CHECK_PERIOD_NS = TimeUnit.SECONDS.toNanos(10);

  /** Such a question makes each of these calls once at most. */
  private static final Set<String> CALLS_OF_A_CHECK = Set.of("identify", "probe");

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedSyscalls kernel = new ScriptedSyscalls();
  private final long startNs = System.nanoTime();

  @Test
  void shouldMakeOneCallForEachEventOfAPackedExport() {
    kernel.attach();
    UserEventsMetricExporter exporter = exporters.start(kernel.tracepoint());

    assertThat(callsOfAnExport(exporter)).isEqualTo(Map.of("writev", PACKED_EVENTS));
    // Now from the caches.
    assertThat(callsOfAnExport(exporter)).isEqualTo(Map.of("writev", PACKED_EVENTS));

    assertThat(kernel.events()).hasSize(2 * PACKED_EVENTS);
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(2 * POINTS);
  }

  @Test
  void shouldMakeOneCallForEachPointIfEachIsAnEvent() {
    kernel.attach();
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(kernel.tracepoint())
                .setOnePointPerEvent(true));

    assertThat(callsOfAnExport(exporter)).isEqualTo(Map.of("writev", POINTS));
  }

  @Test
  void shouldMakeNoneWhileNobodyListens() {
    kernel.detach();
    UserEventsMetricExporter exporter = exporters.start(kernel.tracepoint());

    assertThat(callsOfAnExport(exporter)).isEmpty();

    assertThat(exporter.statistics().skippedExports()).isEqualTo(1);
    // A listener would have had the calls counted.
    kernel.attach();
    assertThat(callsOfAnExport(exporter)).isNotEmpty();
  }

  /**
   * Returns how often each call was made from the beginning of an export to its end, without what
   * the clock may have caused meanwhile.
   */
  private Map<String, Integer> callsOfAnExport(UserEventsMetricExporter exporter) {
    int before = kernel.calls().size();
    assertThat(await(exporter.export(List.of(LargeMetric.LONG_SUM.data(POINTS)))).isSuccess())
        .isTrue();
    long checks = (System.nanoTime() - startNs) / CHECK_PERIOD_NS;
    Map<String, Integer> calls = new TreeMap<>();
    kernel.calls().stream()
        .skip(before)
        .map(call -> call.substring(0, call.indexOf(' ')))
        .forEach(call -> calls.merge(call, 1, Integer::sum));
    for (String call : CALLS_OF_A_CHECK) {
      if (calls.getOrDefault(call, 0) <= checks) {
        calls.remove(call);
      }
    }
    return calls;
  }
}

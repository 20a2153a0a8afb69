// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.agent.internal.health.Measure;
import io.userevents.agent.internal.spool.PreviousRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForwarderMeasuresTest {

  private static final Path RUNBOOK = Path.of("../docs/operations.md");

  /** The attributes of the semantic conventions. */
  private static final Set<String> CONVENTIONAL = Set.of("error.type", "thread.name");

  /** Each value differs from the others. */
  private static final ForwarderStatistics STATISTICS = statistics();

  private static ForwarderStatistics statistics() {
    Accounts accounts = new Accounts();
    accounts.damaged(31);
    for (int i = 0; i < 32; i++) {
      accounts.readFailed();
    }
    for (int i = 0; i < 33; i++) {
      accounts.spoolFailed(SpoolOperation.READ);
    }
    return accounts.snapshot(
        new ForwarderStatistics.Surroundings(
            new EventSource.Losses(41, 42, 43, 44, 45),
            new Reader.Counts(46, 47),
            new ForwarderStatistics.Places(51, 52, 53, 54),
            new ForwarderStatistics.Endpoint(true, true, 55_000),
            new ForwarderStatistics.Ages(61_000_000_000L, 62_000_000_000L),
            new PreviousRun(false, 63)));
  }

  @Test
  void shouldShowEachCountOfALossOrAFailure() {
    assertThat(value("events.lost", "")).isEqualTo(41);
    assertThat(value("events.not_handed_out", "")).isEqualTo(42);
    assertThat(value("interruptions", "")).isEqualTo(43);
    assertThat(value("buffers.malformed", "")).isEqualTo(44);
    assertThat(value("attributes.renamed", "")).isEqualTo(46);
    assertThat(value("metrics.filtered", "")).isEqualTo(47);
    assertThat(value("spool.damaged_batches", "")).isEqualTo(31);
    assertThat(value("read.failures", "")).isEqualTo(32);
    assertThat(value("spool.failures", "read")).isEqualTo(33);
    assertThat(value("spool.failures", "write")).isZero();
    assertThat(value("cycle.age", "user-events-reader")).isEqualTo(61);
    assertThat(value("cycle.age", "user-events-dispatcher")).isEqualTo(62);
    assertThat(value("previous_run.lost", "")).isEqualTo(63);
    assertThat(value("previous_run.unfinished", "")).isEqualTo(1);
  }

  @Test
  void shouldNameEachCountInTheLastLine() {
    assertThat(STATISTICS.text())
        .isEqualTo(
            "received=0, sent=0, filtered_metrics=47, lost_by_kernel=41, left_in_kernel=45,"
                + " not_handed_out=42, malformed_buffers=44, interruptions=43, damaged_batches=31,"
                + " read_failures=32, spool_failures=33, renamed_attributes=46");
  }

  @Test
  void shouldFollowTheNamingOfTheSemanticConventions() {
    List<Measure> all = ForwarderMeasures.of(STATISTICS);
    assertThat(all)
        .extracting(Measure::name)
        .allMatch(name -> name.startsWith("user_events.agent."))
        .noneMatch(name -> all.stream().anyMatch(other -> other.name().startsWith(name + ".")));
    assertThat(all)
        .extracting(Measure::label)
        .allMatch(
            label ->
                label.isEmpty()
                    || CONVENTIONAL.contains(label)
                    || label.startsWith("user_events.agent."));
    // Prometheus would translate the unit 1 of a gauge to a suffix.
    assertThat(all).extracting(Measure::unit).doesNotContain("1");
  }

  @Test
  void shouldBeDocumented() throws Exception {
    String text = Files.readString(RUNBOOK);
    for (Measure measure : ForwarderMeasures.of(STATISTICS)) {
      assertThat(text).contains(measure.name().replace('.', '_'));
      if (!measure.label().isEmpty()) {
        assertThat(text).contains("{" + measure.label().replace('.', '_') + "}");
      }
    }
  }

  private static long value(String name, String labelValue) {
    List<Measure> found =
        ForwarderMeasures.of(STATISTICS).stream()
            .filter(each -> each.name().equals("user_events.agent." + name))
            .filter(each -> each.labelValue().equals(labelValue))
            .toList();
    assertThat(found).as(name).hasSize(1);
    return found.get(0).value();
  }
}

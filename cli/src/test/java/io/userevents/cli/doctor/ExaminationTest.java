// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.Executed;
import io.userevents.cli.doctor.Machine.Attempt;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExaminationTest {

  private static final Attempt REFUSED = Attempt.failure(13, "errno=EACCES\u001b[2J");

  private final ScriptedMachine machine = new ScriptedMachine();

  private Examination examine() {
    return Examination.of(machine, false);
  }

  @Test
  void shouldBeContentIfOneWayOfReadingWorks() {
    assertThat(examine().exitCode()).isZero();
    machine.readByFtrace = REFUSED;
    assertThat(examine().exitCode()).isZero();
    assertThat(examine().canReadByFtrace()).isFalse();
    assertThat(examine().canReadByPerf()).isTrue();
    machine.readByFtrace = Attempt.success("");
    machine.readByPerf = REFUSED;
    assertThat(examine().exitCode()).isZero();
  }

  @Test
  void shouldTellReadingFromWriting() {
    machine.readByFtrace = REFUSED;
    machine.readByPerf = REFUSED;
    assertThat(examine().exitCode()).isEqualTo(2);
    machine.write = REFUSED;
    assertThat(examine().exitCode()).isEqualTo(1);
  }

  @Test
  void shouldNotTrustReadingIfTheEventDoesNotComeBack() {
    machine.roundTrip = Attempt.failure(0, "nothing came");

    assertThat(examine().exitCode()).isEqualTo(2);
  }

  @Test
  void shouldPrintACommandForEachFaultAndThreeAnswers() {
    machine.readByFtrace = REFUSED;

    String text = DoctorCommand.text(examine(), false);

    assertThat(text)
        .contains("fail    read by ftrace        errno=EACCES\\u001b[2J\n")
        .containsPattern(" wanted: root: .*\\n +repair: sudo user-events listen\\n")
        .endsWith("\nwrite events:   yes\nread by ftrace: no\nread by perf:   yes\n")
        .doesNotContain("\u001b");
    assertThat(DoctorCommand.text(examine(), true)).contains("\u001b[31mfail");
  }

  @Test
  void shouldPrintOneLineOfJson() {
    machine.readByFtrace = REFUSED;

    String json = DoctorCommand.json(examine());

    assertThat(json)
        .startsWith(
            "{\"canWrite\":true,\"canReadByFtrace\":false,\"canReadByPerf\":true,\"exitCode\":0,"
                + "\"checks\":[{\"name\":\"kernel\",\"status\":\"ok\",\"found\":\"")
        .contains("\"found\":\"errno=EACCES\\u001b[2J\",\"wanted\":\"root")
        .endsWith("}]}")
        .doesNotContain("\n");
  }

  @Test
  void shouldPrintALineOfJsonForEachCheckAndOneForTheAnswers() {
    machine.readByFtrace = REFUSED;

    List<String> lines = DoctorCommand.jsonLines(examine());

    assertThat(lines).hasSize(examine().findings().size() + 1);
    assertThat(lines.get(0)).startsWith("{\"name\":\"kernel\",\"status\":\"ok\",\"found\":\"");
    assertThat(lines).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    assertThat(lines.get(lines.size() - 1))
        .isEqualTo(
            "{\"canWrite\":true,\"canReadByFtrace\":false,\"canReadByPerf\":true,\"exitCode\":0}");
  }

  /** On this machine, whatever it has. */
  @Test
  void shouldTakeJsonForAFormat() {
    Executed json = Executed.command("doctor", "--json");
    Executed same = Executed.command("doctor", "--format=json");

    assertThat(json.exitCode()).isBetween(0, 2).isEqualTo(same.exitCode());
    assertThat(json.lines()).hasSize(1);
    assertThat(json.out()).startsWith("{\"canWrite\":");
    assertThat(Executed.command("doctor", "--json", "--format=jsonl").exitCode()).isEqualTo(64);
    assertThat(Executed.command("doctor", "--format=jsonl").lines())
        .hasSize(examine().findings().size() + 1);
  }
}

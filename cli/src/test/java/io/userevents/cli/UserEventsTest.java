// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.console.StopSignal;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UserEventsTest {

  @Test
  void shouldShowHelpOfTheWhole() {
    Executed help = Executed.command("--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).startsWith("Usage: user-events").contains("demo", "--version");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void shouldShowEachExitCodeAndThatBenchNeedsTheSources() {
    String help = Executed.command("--help").out();

    for (int code : new int[] {0, 1, 2, 64, 65, 129, 130, 141, 143}) {
      assertThat(help).containsPattern("(?m)^ +" + code + " +[a-zA-Z]");
    }
    assertThat(help.replaceAll("\\s+", " ")).contains("Needs the project's sources.");
  }

  @Test
  void shouldShowHelpOfDemo() {
    Executed help = Executed.command("demo", "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .startsWith("Usage: user-events demo")
        .contains("--seconds", "--kernel", "--loopback", "--verbose");
    assertThat(help.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"doctor", "listen", "record", "decode", "demo"})
  void shouldHaveAnExampleExitCodesAndTheSameFormats(String command) {
    String help = Executed.command(command, "--help").out();

    assertThat(help)
        .containsPattern("(?m)^Examples?:\\R .*user-events " + command)
        .containsPattern("(?m)^Exit codes:\\R +0 ")
        .contains("64 ", "129 ", "130 ", "141 ", "143 ");
    assertThat(UserEvents.commandLine(new StopSignal()).getSubcommands().get(command))
        .isNotNull()
        .extracting(line -> line.getCommandSpec().findOption("--format").completionCandidates())
        .asInstanceOf(InstanceOfAssertFactories.iterable(String.class))
        .contains("text", "json", "jsonl");
  }

  @Test
  void shouldHaveAnExampleAndExitCodesOfBench() {
    assertThat(Executed.command("bench", "--help").out())
        .containsPattern("(?m)^Examples?:\\R .*user-events bench")
        .containsPattern("(?m)^Exit codes:\\R +0 ")
        .contains("64 ", "129 ", "130 ", "143 ");
  }

  @Test
  void shouldHaveExamplesAndExitCodesOfForward() {
    assertThat(Executed.command("forward", "--help").out())
        .containsPattern("(?m)^Examples?:\\R .*user-events forward")
        .containsPattern("(?m)^Exit codes:\\R +0 ")
        .contains("64 ", "130 ", "141 ", "143 ");
  }

  @Test
  void shouldShowVersionThatMavenPutIn() {
    Executed version = Executed.command("--version");

    assertThat(version.exitCode()).isZero();
    assertThat(version.out()).matches("user-events \\d+\\.\\d+\\.\\d+.*\\R");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--bogus",
        "bogus",
        "demo --bogus",
        "demo bogus",
        "demo --second=1",
        "demo --seconds=x",
        "demo --seconds=0",
        "demo --seconds=3601",
        "demo --kernel --loopback"
      })
  void shouldExplainWrongArguments(String arguments) {
    Executed refused = Executed.command(arguments.split(" "));

    assertThat(refused.exitCode()).isEqualTo(64);
    assertThat(refused.err().lines()).hasSize(1);
    assertThat(refused.err())
        .startsWith("user-events: ")
        .containsPattern("; see user-events .*--help\\R");
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void shouldAskForCommand() {
    Executed refused = Executed.command();

    assertThat(refused.exitCode()).isEqualTo(64);
    assertThat(refused.err().lines()).hasSize(1);
    assertThat(refused.err()).contains("Missing required subcommand", "user-events --help");
  }
}

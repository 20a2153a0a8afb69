// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.agent.FaultyForwarders;
import io.userevents.cli.Executed;
import io.userevents.cli.console.ExitCode;
import io.userevents.cli.console.StopSignal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardCommandTest {

  private static final String URL = "http://localhost:4318";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--batch-size=1 | batchBytes must be 131072 to 67108864: batchBytes=1",
        "--batch-delay=5 | '5' is not a time: give a number with ms, s, m, h or d",
        "--batch-delay=2h | batchDelay must be 0 to PT1H",
        "--memory=1M | memoryBytes must have room for 6 batches",
        "--spool-size=1G | --spool-size, --spool-age and --spool-sync need --spool",
        "--health=70000 | --health must be 0 to 65535: 70000",
        "--header=secret | --header must be NAME=VALUE",
        "--client-key=x.pem | --client-certificate and --client-key need each other",
        "--user=nobody-has-this-name | there is no user 'nobody-has-this-name' in /etc/passwd",
        "--event=a/b | a/b",
        "--event=a:b:c | a:b:c",
      })
  void shouldSayWhatIsWrongWithAnOption(String option, String expected) {
    Executed refused = Executed.command("forward", URL, option);

    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).startsWith("user-events: ").contains(expected);
    assertThat(refused.err().lines()).hasSize(1);
  }

  @Test
  void shouldNotShowAHeadersValue() {
    Executed refused = Executed.command("forward", URL, "--header", "a b=secret");

    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("a b").doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({"ftp://host", "host:4318", "http://user:pw@host:4318"})
  void shouldSayWhatIsWrongWithTheEndpoint(String url) {
    Executed refused = Executed.command("forward", url);

    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("is not the URL of an endpoint");
    assertThat(refused.err().lines()).hasSize(1);
    assertThat(refused.err()).doesNotContain("Exception").doesNotContain("pw@");
  }

  @Test
  void shouldSayThatAnotherAgentHasTheSpoolOrThatItIsNoFolder() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    Executed refused = Executed.command("forward", URL, "--spool", file.toString());

    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(refused.err()).contains(file.toString());
    assertThat(refused.err().lines()).hasSize(1);
  }

  @Test
  void shouldNotCallAMissingCertificateAWrongArgument() {
    String file = folder.resolve("missing.pem").toString();

    Executed refused = Executed.command("forward", "https://localhost:4318", "--certificate", file);

    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(refused.err()).contains(file, "does not exist");
  }

  @Test
  void shouldBeginWithAKernelThatHasNoUserEvents() {
    String message = "cannot listen: no exporter has registered yet";

    assertThat(ForwardCommand.explained(message, /* hasUserEvents= */ false, "6.1.0"))
        .startsWith("this kernel (6.1.0) has no user_events (CONFIG_USER_EVENTS")
        .contains("user-events doctor")
        .doesNotContain("registered");
    assertThat(ForwardCommand.explained(message, /* hasUserEvents= */ true, "6.12.1"))
        .startsWith(message)
        .contains("user-events doctor");
  }

  @Test
  void shouldTellItsAccountsAndFailIfTheAgentHasFailed() {
    Executed failed = forward(new StopSignal(), FaultyForwarders::failing);

    assertThat(failed.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(failed.err())
        .contains("user-events: received=0, sent=0")
        .contains("user-events: the reader has ended; see the log");
  }

  @Test
  void shouldTellItsAccountsAndFailIfTheAgentHangsAtItsEnd() {
    CountDownLatch release = new CountDownLatch(1);
    StopSignal stop = new StopSignal();
    stop.raise();

    Executed hung =
        forward(stop, builder -> FaultyForwarders.hanging(builder, release), "--grace=0s");
    release.countDown();

    assertThat(hung.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(hung.err())
        .contains("user-events: received=0, sent=0")
        .contains("user-events: the reader hangs and was left behind");
  }

  private static Executed forward(
      StopSignal stop, ForwardCommand.Starter starter, String... options) {
    return Executed.with("forward", new ForwardCommand(stop, Map.of(), starter), options);
  }

  @Test
  void shouldTellItsOptionsAndVariables() {
    Executed help = Executed.command("forward", "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .contains("OTEL_EXPORTER_OTLP_ENDPOINT", "--spool", "--health", "--no-attribution");
    assertThat(help.out().replaceAll("\\s+", " "))
        .contains("One value of each given option must match")
        .doesNotContain("sent unchanged");
    for (String option : List.of("--pid", "--user", "--container", "--process", "--metric")) {
      assertThat(help.out().replaceAll("\\s+", " "))
          .containsPattern(option + "=[A-Z]+ Select [^=]*May be repeated");
    }
  }
}

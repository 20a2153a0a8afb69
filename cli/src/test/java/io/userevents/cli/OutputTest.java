// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Output that cannot be written, in separate processes. A command that does not notice it runs for
 * an hour, which is longer than the time limit.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OutputTest {

  private static final String[] LONG_DEMO = {"demo", "--loopback", "--seconds", "3600"};

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void shouldEndSilentlyWhenTheReaderClosesThePipe() throws Exception {
    Process shell =
        shell(
            ChildProcess.quoted(ChildProcess.command(LONG_DEMO))
                + " | head -n 3; echo ${PIPESTATUS[0]}");

    List<String> lines = shell.inputReader(StandardCharsets.UTF_8).lines().toList();

    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).startsWith("METRIC");
    assertThat(lines.get(3)).isEqualTo("141");
    assertThat(errors()).isEmpty();
  }

  @Test
  void shouldEndSilentlyWhenTheReaderOfTheErrorsIsGone() throws Exception {
    String openAndCloseTheReader = "mkfifo pipe; exec 4<>pipe 5>pipe 4<&-; ";
    Process shell =
        shell(
            openAndCloseTheReader
                + ChildProcess.quoted(ChildProcess.command("demo", "--bogus"))
                + " 2>&5; echo $?");

    assertThat(shell.inputReader(StandardCharsets.UTF_8).lines()).containsExactly("141");
  }

  @Test
  void shouldFailWhenTheDiskIsFull() throws Exception {
    Process full = start(new File("/dev/full"), LONG_DEMO);

    assertThat(full.waitFor()).isEqualTo(1);
    assertThat(errors()).hasSize(1);
    assertThat(errors().get(0))
        .startsWith("user-events: cannot write standard output: ")
        .contains("/dev/full")
        .contains("make room");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "demo --help"})
  void shouldFailWhenHelpCannotBeWritten(String arguments) throws Exception {
    Process full = start(new File("/dev/full"), arguments.split(" "));

    assertThat(full.waitFor()).isEqualTo(1);
    assertThat(errors()).hasSize(1);
  }

  @Test
  void shouldWriteNoColourWhereOutputIsNoTerminal() throws Exception {
    Path file = folder.resolve("help");

    assertThat(start(file.toFile(), "demo", "--help").waitFor()).isZero();

    assertThat(Files.readString(file)).startsWith("Usage:").doesNotContain("\u001b");
  }

  private Process shell(String script) throws IOException {
    return started(new ProcessBuilder("bash", "-c", script));
  }

  private Process start(File output, String... arguments) throws IOException {
    return started(new ProcessBuilder(ChildProcess.command(arguments)).redirectOutput(output));
  }

  private Process started(ProcessBuilder builder) throws IOException {
    builder.directory(folder.toFile());
    Process process = builder.redirectError(folder.resolve("errors").toFile()).start();
    started.add(process);
    return process;
  }

  private List<String> errors() throws IOException {
    return Files.readAllLines(folder.resolve("errors"));
  }
}

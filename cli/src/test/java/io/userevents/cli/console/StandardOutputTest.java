// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StandardOutputTest {

  @TempDir private Path folder;
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final List<Integer> exits = new ArrayList<>();

  /** The error's text is the kernel's in another language. */
  private void write(String target) throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("1"), Path.of(target));
    OutputFailure failure =
        new OutputFailure(link, "standard output", new PrintStream(errors), exits::add);
    OutputStream refusing =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Auf dem Gerät ist nichts mehr frei");
          }
        };
    PrintWriter writer =
        new PrintWriter(
            new StandardOutput.FailingWriter(refusing, StandardCharsets.UTF_8, failure), true);
    assertThatThrownBy(() -> writer.println("text")).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void shouldTakeAnyFailureOfAPipeForAClosedOne() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    write(pipe.toString());

    assertThat(exits).containsExactly(141);
    assertThat(errors.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void shouldNameTheFileThatCannotBeWritten() throws IOException {
    write("/var/log/metrics");

    assertThat(exits).containsExactly(1);
    assertThat(errors.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    assertThat(errors.toString(StandardCharsets.UTF_8)).contains("/var/log/metrics", "make room");
  }

  @Test
  void shouldTakeAFailureOfATerminalForAHangUp() throws IOException {
    write("/dev/pts/7 (deleted)");

    assertThat(exits).containsExactly(129);
    assertThat(errors.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void shouldColourOnTerminalsUnlessRefused() {
    assertThat(StandardOutput.isColoured(true, null, "xterm")).isTrue();
    assertThat(StandardOutput.isColoured(true, "", "xterm")).isTrue();
    assertThat(StandardOutput.isColoured(true, "1", "xterm")).isFalse();
    assertThat(StandardOutput.isColoured(true, null, "dumb")).isFalse();
    assertThat(StandardOutput.isColoured(true, null, null)).isFalse();
    assertThat(StandardOutput.isColoured(false, null, "xterm")).isFalse();
  }
}

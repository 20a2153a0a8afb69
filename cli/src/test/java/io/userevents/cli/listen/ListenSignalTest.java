// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.ChildProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals to a listener with piped output, in a separate process. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ListenSignalTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"INT,0", "TERM,143", "HUP,129"})
  void shouldPrintItsDocumentAndWhatWasReceived(String signal, int exitCode) throws Exception {
    Path ready = folder.resolve("ready");
    Path errors = folder.resolve("errors");
    Process listen =
        new ProcessBuilder(
                ChildProcess.java(
                    List.of("-Dready=" + ready), ListenProgram.class, "--format", "json"))
            .redirectError(errors.toFile())
            .start();
    try {
      while (!Files.exists(ready)) {
        assertThat(listen.isAlive()).isTrue();
        TimeUnit.MILLISECONDS.sleep(50);
      }

      ChildProcess.signal(signal, listen.pid());

      String output = new String(listen.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(listen.waitFor()).isEqualTo(exitCode);
      assertThat(output).startsWith("{").endsWith("}\n").contains("\"metric\":\"orders\"");
      assertThat(Files.readAllLines(errors)).hasSize(1);
      assertThat(Files.readString(errors))
          .startsWith("user-events: received ")
          .contains(" points by script; lost 0");
    } finally {
      listen.destroyForcibly();
    }
  }
}

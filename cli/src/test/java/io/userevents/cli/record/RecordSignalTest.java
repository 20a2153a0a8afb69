// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.ChildProcess;
import io.userevents.cli.Executed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals to a recording in a separate process. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RecordSignalTest {

  @TempDir private Path folder;
  private @Nullable Process started;

  @AfterEach
  void endProcess() {
    if (started != null) {
      started.destroyForcibly();
    }
  }

  private Process record() throws Exception {
    return record(ChildProcess.java(List.of(), RecordProgram.class, file().toString()));
  }

  private Process record(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    started = process;
    while (decoded().isEmpty()) {
      assertThat(process.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return process;
  }

  private Path file() {
    return folder.resolve("metrics.data");
  }

  /** Returns the decoded lines of the file, also while it is being written. */
  private List<String> decoded() {
    return file().toFile().length() == 0
        ? List.of()
        : Executed.command("decode", file().toString(), "--format=jsonl").lines();
  }

  @ParameterizedTest
  @CsvSource({"INT,0", "TERM,143", "HUP,129"})
  void shouldEndInOrder(String signal, int exitCode) throws Exception {
    Process record = record();

    ChildProcess.signal(signal, record.pid());

    String output = new String(record.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(record.waitFor()).isEqualTo(exitCode);
    assertThat(output.lines()).hasSize(1);
    long events = Long.parseLong(output.replaceFirst("(?s).*recorded (\\d+) events.*", "$1"));
    assertThat(output).contains("received " + events + " by script; lost 0");
    assertThat(decoded()).hasSize((int) events);
  }

  @Test
  void shouldGoOnAtAHangUpThatNohupIgnores() throws Exception {
    List<String> command = ChildProcess.java(List.of(), RecordProgram.class, file().toString());
    // As nohup does, whatever the test was started with.
    command.set(1, "--ignore-signal=HUP");
    Process record = record(command);

    ChildProcess.signal("HUP", record.pid());
    int events = decoded().size();
    while (decoded().size() < events + 3) {
      assertThat(record.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(50);
    }
    ChildProcess.signal("TERM", record.pid());

    assertThat(record.waitFor()).isEqualTo(143);
  }

  @Test
  void shouldLeaveAReadableFileWhenKilled() throws Exception {
    Process record = record();

    ChildProcess.signal("KILL", record.pid());

    assertThat(record.waitFor()).isEqualTo(137);
    Executed decoded = Executed.command("decode", file().toString());
    assertThat(decoded.exitCode()).as(decoded.err()).isZero();
    assertThat(decoded.lines()).isNotEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@link EventFileFuzz} in a JVM with a small heap.
 *
 * <p>{@code -Dfuzz.seconds} says for how long, {@code -Dfuzz.seed} which bytes come first.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventFileFuzzTest {

  /** For each kind of input, which share the time: rings, pages, files of perf and of trace-cmd. */
  private static final long SECONDS = Math.max(1, Long.getLong("fuzz.seconds", 2) / 4);

  private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

  @TempDir Path folder = Path.of("");

  @Test
  void shouldReadAnyPerfFile() throws Exception {
    fuzz("perf");
  }

  @Test
  void shouldReadAnyTraceFile() throws Exception {
    fuzz("trace");
  }

  private void fuzz(String kind) throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    EventFileFuzz.class,
                    List.of("-Xmx128m"),
                    kind,
                    folder.resolve(kind).toString(),
                    Long.toString(SECONDS),
                    Long.toString(SEED)))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.out.print(output);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains(kind + " files: cases=");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A heap that is full for a second, in a separate JVM; see the program. */
@Timeout(1800)
class HeapExhaustionTest {

  private static final List<String> JVM_OPTIONS = List.of("-Xmx32m", "-XX:+UseSerialGC");

  @TempDir Path tracefs;

  @BeforeEach
  void discardEvents() throws IOException {
    Files.createSymbolicLink(tracefs.resolve("user_events_data"), Path.of("/dev/null"));
  }

  @Test
  void shouldGoOnAndLoseNoRecordWhenTheHeapWasFull() throws Exception {
    assertGoesOn(10, HeapExhaustionProgram.Variant.RUNNING);
  }

  @Test
  void shouldCompleteTheFlushThatWasAskedForWhileTheHeapWasFull() throws Exception {
    assertGoesOn(3, HeapExhaustionProgram.Variant.FLUSHING);
  }

  @Test
  void shouldEndAndLoseNoRecordWhenTheHeapIsFullWhileClosing() throws Exception {
    assertGoesOn(3, HeapExhaustionProgram.Variant.CLOSING);
  }

  @Test
  void shouldTellAllOtherListenersWhenSomeFailWithoutMemory() throws Exception {
    assertGoesOn(3, HeapExhaustionProgram.Variant.FAILING_LISTENERS);
  }

  private void assertGoesOn(int times, HeapExhaustionProgram.Variant variant) throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    HeapExhaustionProgram.class,
                    JVM_OPTIONS,
                    Integer.toString(times),
                    Long.toString(TimeUnit.SECONDS.toNanos(1)),
                    variant.name(),
                    tracefs.toString()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines().filter(line -> line.startsWith("ok "))).as(output).hasSize(times);
  }
}

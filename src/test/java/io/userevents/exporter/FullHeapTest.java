// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A heap that is full from before the first export, in a separate JVM; see the program. */
@Timeout(600)
class FullHeapTest {

  private static final List<String> JVM_OPTIONS = List.of("-Xmx32m", "-XX:+UseSerialGC");

  @TempDir Path tracefs;

  @BeforeEach
  void discardEvents() throws IOException {
    Files.createSymbolicLink(tracefs.resolve("user_events_data"), Path.of("/dev/null"));
  }

  @RepeatedTest(3)
  void shouldExportAgainAfterTheHeapWasFull() throws Exception {
    assertExportsAgain(FullHeapProgram.Variant.APPLICATION);
  }

  @RepeatedTest(3)
  void shouldCollectAgainAfterTheHeapWasFull() throws Exception {
    assertExportsAgain(FullHeapProgram.Variant.READER);
  }

  private void assertExportsAgain(FullHeapProgram.Variant variant) throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    FullHeapProgram.class, JVM_OPTIONS, variant.name(), tracefs.toString()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("ok ExporterStatistics");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A consumer that is driven where a stack ends, in a separate JVM; see the program. */
@Timeout(1800)
class DeepInvokerTest {

  private static final int DIVES = 2_000;

  @ParameterizedTest
  @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:+TieredCompilation"})
  void shouldSettleEachRecordOnceWhenItIsInvokedWhereTheStackEnds(String compiler)
      throws Exception {
    List<String> options = List.of(compiler, "-XX:+UseSerialGC", "-Xmx64m");
    Process process =
        new ProcessBuilder(
                ChildJvm.command(DeepInvokerProgram.class, options, Integer.toString(DIVES)))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines().filter(line -> line.startsWith("ok "))).as(output).hasSize(1);
    System.out.println(compiler + ": " + output.strip());
  }
}

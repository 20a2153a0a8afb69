// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A publisher whose stack overflows, in a separate JVM; see the program. */
@Timeout(1800)
class StackOverflowTest {

  private static final int OVERFLOWS = 2_000;

  @ParameterizedTest
  @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:+TieredCompilation"})
  void shouldHoldUpNobodyWhenTheStackOfAPublisherOverflows(String compiler) throws Exception {
    List<String> options = new ArrayList<>(List.of(compiler, "-XX:+UseSerialGC", "-Xmx64m"));
    Process process =
        new ProcessBuilder(
                ChildJvm.command(StackOverflowProgram.class, options, Integer.toString(OVERFLOWS)))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines().filter(line -> line.startsWith("ok "))).as(output).hasSize(1);
    System.out.println(compiler + ": " + output.strip());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.ChildProcess;
import io.userevents.cli.Executed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a kernel with user_events, as root, while a demo exports in another process. */
@Tag("kernel")
final class ListenKernelTest {

  @ParameterizedTest
  @ValueSource(strings = {"perf", "ftrace"})
  void shouldShowWhatAnotherProcessExports(String source) throws Exception {
    List<String> command = new ArrayList<>(ChildProcess.command("demo", "--seconds", "3600"));
    Process demo =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      // env has become the JVM.
      String pid = Long.toString(demo.pid());
      Executed listened =
          Executed.command(
              "listen",
              "--source",
              source,
              "--pid",
              pid,
              "--service",
              "user-events-demo",
              "--metric",
              "trading.*",
              "--format",
              "jsonl",
              "--count",
              "5",
              "--seconds",
              "1200");

      assertThat(listened.exitCode()).as(listened.err()).isZero();
      assertThat(listened.lines())
          .hasSizeGreaterThanOrEqualTo(5)
          .allMatch(
              line -> line.startsWith("{\"metric\":\"trading.") && line.contains("\"pid\":" + pid));
      assertThat(listened.err()).contains(" points by " + source + "; lost 0");
    } finally {
      demo.destroy();
      assertThat(demo.waitFor()).isEqualTo(143);
    }
  }
}

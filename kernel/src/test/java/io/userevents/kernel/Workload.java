// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A recording tool and the program that it runs. A tool enables its event before it starts the
 * program. Events are therefore recorded once the program has created its marker file. The tool
 * ends when the program ends. The program ends with its input, which is the input of the tool.
 */
final class Workload {

  private static final long LIMIT_SECONDS = 300;

  private final Process tool;
  private final Path log;

  private Workload(Process tool, Path log) {
    this.tool = tool;
    this.log = log;
  }

  static Workload start(String... tool) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("workload");
    Path marker = folder.resolve("started");
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>(List.of(tool));
    command.add("sh");
    command.add("-c");
    command.add("touch " + marker + "; read -r line; true");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Workload workload = new Workload(process, log);
    Tracing.await("start of " + List.of(tool), () -> Files.exists(marker) || !process.isAlive());
    assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
    return workload;
  }

  /** Lets the program, and so the tool, end. Returns the output of the tool. */
  String end() throws IOException, InterruptedException {
    tool.getOutputStream().close();
    assertThat(tool.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("the tool ends").isTrue();
    String printed = Files.readString(log);
    assertThat(tool.exitValue()).as(printed).isZero();
    return printed;
  }

  /** Kills the tool with SIGKILL, and ends the program that it leaves behind. */
  void kill() throws IOException, InterruptedException {
    assertThat(tool.destroyForcibly().waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(tool.exitValue()).isEqualTo(128 + 9);
    tool.getOutputStream().close();
  }
}

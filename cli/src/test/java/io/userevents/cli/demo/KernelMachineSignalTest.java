// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.ChildProcess;
import io.userevents.cli.UserEvents;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A signal to the command while it runs the machine, for which a script stands in. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class KernelMachineSignalTest {

  /** It ends its QEMU, and cleans up, when it is terminated. */
  private static final String ORDERLY =
      """
      #!/bin/bash
      sleep 3600 & qemu=$!
      trap 'kill $qemu; wait $qemu; rm "$0.control"; exit 143' TERM
      touch "$0.control"
      echo started
      wait $qemu
      """;

  /** It does not notice that it is terminated, since it waits for a process in the foreground. */
  private static final String DEAF =
      """
      #!/bin/bash
      trap '' TERM
      echo started
      sleep 3600
      """;

  @TempDir private Path home;

  @Test
  void shouldEndTheMachineInOrderAtSigTerm() throws Exception {
    Path script = install(ORDERLY);

    terminate();

    assertThat(script.resolveSibling("run.control")).doesNotExist();
  }

  @Test
  void shouldEndAMachineThatDoesNotEndInTime() throws Exception {
    install(DEAF);

    terminate();
  }

  private Path install(String text) throws Exception {
    Path script = home.resolve("kernel/machine/run");
    Files.createDirectories(script.getParent());
    Files.writeString(script, text);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }

  /** The script, and what it has started, which may be a moment later than its line. */
  private static List<ProcessHandle> awaitMachine(Process demo) throws InterruptedException {
    while (true) {
      List<ProcessHandle> machine = demo.descendants().toList();
      if (machine.size() >= 2) {
        return machine;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void terminate() throws Exception {
    List<String> flags = List.of("-D" + KernelMachine.HOME_PROPERTY + "=" + home);
    Process demo =
        new ProcessBuilder(ChildProcess.java(flags, UserEvents.class, "demo", "--kernel"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      BufferedReader output = demo.inputReader(StandardCharsets.UTF_8);
      assertThat(output.readLine()).isEqualTo("started");
      List<ProcessHandle> machine = awaitMachine(demo);

      ChildProcess.signal("TERM", demo.pid());

      assertThat(demo.waitFor()).isEqualTo(143);
      for (ProcessHandle process : machine) {
        // A killed process is there for a moment more.
        process.onExit().get(60, TimeUnit.SECONDS);
      }
    } finally {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
  }
}

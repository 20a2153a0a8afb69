// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.StopSignal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a script in place of the machine. */
final class KernelMachineTest {

  @TempDir private Path home;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final StopSignal stop = new StopSignal();

  private int run(String script) throws Exception {
    Path file = home.resolve("kernel/machine/run");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return KernelMachine.of(home.toString(), "io.userevents.cli.UserEvents")
        .run(
            List.of("demo", "--seconds=2"),
            Duration.ofSeconds(2),
            new PrintWriter(out),
            new PrintWriter(err),
            stop);
  }

  @Test
  void shouldRunSameProgramInTheMachine() throws Exception {
    assertThat(run("for a; do echo \"$a\"; done")).isZero();

    List<String> arguments = out.toString().lines().toList();
    assertThat(arguments).startsWith("--timeout", "320", "--");
    assertThat(arguments.get(3)).isEqualTo(System.getProperty("java.home") + "/bin/java");
    assertThat(arguments)
        .endsWith(
            "-cp",
            System.getProperty("java.class.path"),
            "io.userevents.cli.UserEvents",
            "demo",
            "--seconds=2");
  }

  @Test
  void shouldPassOnOutputAndExitStatus() throws Exception {
    assertThat(run("echo one; echo two; echo three >&2; exit 125")).isEqualTo(125);

    assertThat(out.toString().lines()).containsExactly("one", "two");
    assertThat(err.toString().lines()).containsExactly("three");
  }

  @Test
  @Timeout(180)
  void shouldEndTheMachineWhenStopped() throws Exception {
    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(
            stop::raise,
            CompletableFuture.delayedExecutor(300, java.util.concurrent.TimeUnit.MILLISECONDS));

    assertThat(run("sleep 600\necho cleaned up")).isZero();

    stopped.get();
    assertThat(out.toString().lines()).containsExactly("cleaned up");
  }

  @Test
  void shouldRefuseScriptThatCannotBeExecuted() throws IOException {
    Path file = home.resolve("kernel/machine/run");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");

    assertThatThrownBy(() -> KernelMachine.of(home.toString(), "io.userevents.cli.UserEvents"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(file.toString());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.console.StopSignal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signals to a separate process. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StopSignalTest {

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void shouldEndTheDemoInOrderAtSigInt() throws Exception {
    Process demo = start(UserEvents.class, "demo", "--loopback", "--seconds", "3600");
    BufferedReader output = demo.inputReader(StandardCharsets.UTF_8);
    // The header, which is printed once all is set up.
    List<String> lines = new ArrayList<>(List.of(output.readLine()));

    interrupt(demo);

    output.lines().forEach(lines::add);
    assertThat(demo.waitFor()).isZero();
    Executed executed = new Executed(0, String.join("\n", lines), "");
    assertThat(executed.count("exported")).isPositive().isEqualTo(executed.count("received"));
  }

  @Test
  void shouldEndAProcessThatDoesNotStopAtTheNextSigInt() throws Exception {
    Process stuck = start(Stuck.class);
    BufferedReader output = stuck.inputReader(StandardCharsets.UTF_8);
    assertThat(output.readLine()).isEqualTo("ready");
    interrupt(stuck);
    assertThat(output.readLine()).isEqualTo("raised");
    assertThat(stuck.isAlive()).isTrue();

    interrupt(stuck);

    assertThat(output.readLine()).isNull();
    assertThat(stuck.waitFor()).isEqualTo(130);
  }

  /** For example, a command that writes to a pipe that is not read. */
  @Test
  void shouldEndAProcessThatDoesNotStopAfterATermination() throws Exception {
    Process stuck = start(List.of("-Dtermination.ms=1"), Stuck.class);
    BufferedReader output = stuck.inputReader(StandardCharsets.UTF_8);
    assertThat(output.readLine()).isEqualTo("ready");

    ChildProcess.signal("TERM", stuck.pid());

    assertThat(stuck.waitFor()).isEqualTo(143);
  }

  @Test
  void shouldLeaveSigIntToTheSystemIfTheJvmDoes() throws Exception {
    Process stuck = start(List.of("-Xrs"), Stuck.class);
    assertThat(stuck.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("ready");

    interrupt(stuck);

    assertThat(stuck.waitFor()).isEqualTo(130);
  }

  private Process start(Class<?> program, String... arguments) throws IOException {
    return start(List.of(), program, arguments);
  }

  private Process start(List<String> flags, Class<?> program, String... arguments)
      throws IOException {
    List<String> command = ChildProcess.java(flags, program, arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(process);
    return process;
  }

  private static void interrupt(Process process) throws Exception {
    ChildProcess.signal("INT", process.pid());
  }

  /** A program that goes on whether it is asked to end or not. */
  static final class Stuck {

    private Stuck() {}

    public static void main(String[] args) throws InterruptedException {
      StopSignal stop = new StopSignal();
      stop.raiseOnSigInt();
      int terminationMs = Integer.getInteger("termination.ms", 0);
      if (terminationMs > 0) {
        stop.raiseOnTermination();
        stop.exitAfterTermination(Duration.ofMillis(terminationMs));
      }
      System.out.println("ready");
      while (!stop.await(Duration.ofMinutes(2))) {
        Thread.onSpinWait();
      }
      System.out.println("raised");
      TimeUnit.MINUTES.sleep(2);
    }
  }
}

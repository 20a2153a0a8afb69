// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.userevents.internal.log.BackgroundLog;
import io.userevents.internal.syscall.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls the machine's kernel, from threads that end with their test. */
@Timeout(300)
class PinningTest {

  private static int[] allowedCpus() throws CpuAffinityException {
    return CpuAffinity.allowedCpus().stream().toArray();
  }

  @ParameterizedTest
  @MethodSource("allowedCpus")
  void shouldRunOnThatCpuOnly(int cpu) throws Exception {
    CpuSet pinned =
        onNewThread(
            () -> {
              CpuAffinity.pinCurrentThread(cpu);
              assertThat(PinnedProgram.cpusOfThread()).isEqualTo(CpuSet.of(cpu));
              assertThat(PinnedProgram.lastCpuOfThread()).isEqualTo(cpu);
              return currentCpus();
            });

    assertThat(pinned).isEqualTo(CpuSet.of(cpu));
  }

  @Test
  void shouldMoveFromOneCpuToEachOther() throws Exception {
    onNewThread(
        () -> {
          for (int cpu : allowedCpus()) {
            CpuAffinity.pinCurrentThread(cpu);
            assertThat(PinnedProgram.lastCpuOfThread()).isEqualTo(cpu);
          }
          return null;
        });
  }

  @Test
  void shouldLeaveOtherThreadsWhereTheyAre() throws Exception {
    CpuSet before = PinnedProgram.cpusOfThread();

    onNewThread(
        () -> {
          CpuAffinity.pinCurrentThread(allowedCpus()[0]);
          return null;
        });

    assertThat(PinnedProgram.cpusOfThread()).isEqualTo(before);
  }

  @Test
  void shouldPassThePinOnToThreadsThatThePinnedOneStarts() throws Exception {
    int cpu = allowedCpus()[0];

    CpuSet inherited =
        onNewThread(
            () -> {
              CpuAffinity.pinCurrentThread(cpu);
              assertThat(Runtime.getRuntime().availableProcessors()).isEqualTo(1);
              return onNewThread(PinnedProgram::cpusOfThread);
            });

    assertThat(inherited).isEqualTo(CpuSet.of(cpu));
  }

  @Test
  void shouldGiveAThreadThatAPinnedOneStartsTheCpusOfTheProcess() throws Exception {
    CpuSet before = PinnedProgram.cpusOfThread();
    int cpu = allowedCpus()[0];

    CpuSet left =
        onNewThread(
            () -> {
              CpuAffinity.pinCurrentThread(cpu);
              return onNewThread(
                  () -> {
                    CpuAffinity.leavePinnedCpu();
                    return PinnedProgram.cpusOfThread();
                  });
            });

    assertThat(left).isEqualTo(before);
  }

  @Test
  void shouldNotWriteLogLinesOnTheCpuOfThePinnedThreadThatLogs() throws Exception {
    CpuSet before = PinnedProgram.cpusOfThread();
    int cpu = allowedCpus()[0];
    // The thread of an earlier line may have been started by another one.
    while (isAlive("user-events-log")) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    CompletableFuture<CpuSet> writing = new CompletableFuture<>();
    Logger logger =
        new Logger("pinned", null) {
          @Override
          public void log(LogRecord record) {
            try {
              writing.complete(PinnedProgram.cpusOfThread());
            } catch (IOException e) {
              writing.completeExceptionally(e);
            }
          }
        };

    onNewThread(
        () -> {
          CpuAffinity.pinCurrentThread(cpu);
          BackgroundLog.log(logger, Level.WARNING, "line", null);
          return null;
        });

    assertThat(writing.get(60, TimeUnit.SECONDS)).isEqualTo(before);
  }

  private static boolean isAlive(String threadName) {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(threadName));
  }

  @Test
  void shouldTellTheSameAllowedCpusOnAPinnedThread() throws Exception {
    CpuSet allowed = CpuAffinity.allowedCpus();

    CpuSet allowedWhenPinned =
        onNewThread(
            () -> {
              int cpu = allowedCpus()[0];
              CpuAffinity.pinCurrentThread(cpu);
              CpuSet told = CpuAffinity.allowedCpus();
              assertThat(PinnedProgram.cpusOfThread()).isEqualTo(CpuSet.of(cpu));
              return told;
            });

    assertThat(allowedWhenPinned).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 1023, 1024, 5000, CpuSet.MAX_CPU})
  void shouldRefuseACpuThatTheMachineDoesNotHaveAndRunOnUnpinned(int cpu) throws Exception {
    CpuSet allowed = CpuAffinity.allowedCpus();
    assumeThat(allowed.contains(cpu)).isFalse();

    CpuSet afterwards =
        onNewThread(
            () -> {
              assertThatThrownBy(() -> CpuAffinity.pinCurrentThread(cpu))
                  .isInstanceOf(CpuAffinityException.class)
                  .hasMessageContaining("to cpu=" + cpu + ": ")
                  .hasMessageContaining("EINVAL")
                  .hasMessageContaining("allowed cpus=" + allowed + " ")
                  .hasMessageContaining("the machine has no such CPU");
              return PinnedProgram.cpusOfThread();
            });

    assertThat(afterwards).isEqualTo(PinnedProgram.cpusOfThread());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, CpuSet.MAX_CPU + 1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void shouldRefuseANumberOutOfRange(int cpu) {
    assertThatThrownBy(() -> CpuAffinity.pinCurrentThread(cpu))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cpu=" + cpu);
  }

  /** {@code taskset} chooses the CPUs on which threads start, and not those that they may use. */
  @Test
  void shouldPinToACpuThatTasksetKeptTheProcessOff() throws Exception {
    int[] allowed = allowedCpus();
    assumeThat(allowed).hasSizeGreaterThan(1);
    int kept = allowed[allowed.length - 1];
    int other = allowed[0];
    List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(kept)));
    command.addAll(PinnedProgram.command(other));

    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines())
        .containsExactly(
            "started=" + kept, "allowed=" + CpuAffinity.allowedCpus(), "pinned=" + other);
  }

  private static CpuSet currentCpus() throws CpuAffinityException {
    return new CpuAffinity(Syscalls.ofThisMachine(), Path.of("unused")).current();
  }

  private static <T> T onNewThread(Callable<T> task) throws Exception {
    FutureTask<T> future = new FutureTask<>(task);
    new Thread(future, "pinned").start();
    return future.get(60, TimeUnit.SECONDS);
  }
}

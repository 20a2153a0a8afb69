// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the script that runs the test machine, on the host. If QEMU only has to fail, to hang or to
 * print a kernel's log, a script replaces it. The other tests boot.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class TestMachineTest {

  private static final Path MACHINE = Path.of("machine").toAbsolutePath();
  private static final Pattern INIT = Pattern.compile(" init=(/[^ ]+)/init ");
  private static final String BOOTING = "kernel: booting the test machine[^\n]*\n";
  private static final int MACHINE_FAILED = 125;
  private static final int SIGTERM = 15;

  @TempDir private Path folder;
  private Path standIns;

  @BeforeAll
  static void requireMachine() throws Exception {
    KernelTests.requireProfile();
    // Done here, so that no test's time includes a build.
    Process build = new ProcessBuilder(MACHINE.resolve("build").toString()).inheritIO().start();
    assertThat(build.waitFor()).isZero();
  }

  @BeforeEach
  void makeFolders() throws IOException {
    standIns = Files.createDirectory(folder.resolve("bin"));
  }

  @Test
  void shouldPassOnStatusAndStreamsAndKeepResultsOnly() throws Exception {
    Path results = folder.resolve("results, with a space");
    String command =
        """
        echo "out $TEXT"
        echo err >&2
        echo kept >"$1/kept"
        echo lost >"$2/lost"
        # Keeps both streams open.
        sleep 1000 &
        exit 7
        """;

    Ended ended =
        run(
            List.of("--results", results.toString(), "--env", "TEXT=of two words"),
            List.of("bash", "-c", command, "bash", results.toString(), folder.toString()));

    assertThat(ended.err).matches(BOOTING + "err\n");
    assertThat(ended.out).isEqualTo("out of two words\n");
    assertThat(ended.status).isEqualTo(7);
    assertThat(results.resolve("kept")).hasContent("kept\n");
    assertThat(folder.resolve("lost")).doesNotExist();
  }

  @Test
  void shouldCountInstructionsAndSkipIdleTime() throws Exception {
    String command =
        """
        sleep 1000
        nproc
        for turn in 1 2 3; do
          start=${EPOCHREALTIME/[.,]/}
          for ((i = 0; i < 20000; i++)); do :; done
          echo $((${EPOCHREALTIME/[.,]/} - start))
        done
        """;

    Ended ended = run(List.of("--icount"), List.of("bash", "-c", command));

    assertThat(ended.status).as(ended.err).isZero();
    List<String> lines = ended.out.lines().toList();
    assertThat(lines).hasSize(4).first().isEqualTo("1");
    // The first turn also touches memory for the first time.
    long second = Long.parseLong(lines.get(2));
    assertThat(second).isGreaterThan(20_000);
    assertThat(Long.parseLong(lines.get(3))).isCloseTo(second, withinPercentage(2));
  }

  @Test
  void shouldEndTheMachineAtItsTimeLimit() throws Exception {
    Ended ended = run(List.of("--timeout", "10"), List.of("sleep", "1000"));

    assertThat(ended.status).as(ended.err).isEqualTo(124);
    assertThat(ended.err).contains("ended after the time limit of 10 s: sleep 1000");
    assertThat(ended.seconds).isGreaterThanOrEqualTo(10);
  }

  @Test
  void shouldFailWithTheKernelsLogWhenItPanics() throws Exception {
    String overwriteCodeOfFirstProcess =
        """
        range=$(grep -m 1 r-xp /proc/1/maps | cut -d ' ' -f 1)
        page=$((0x${range%-*} / 4096)) end=$((0x${range#*-} / 4096))
        dd if=/dev/zero of=/proc/1/mem bs=4096 seek=$page count=$((end - page)) conv=notrunc 2>&1
        """;

    Ended ended = run(List.of(), List.of("bash", "-c", overwriteCodeOfFirstProcess));

    assertThat(ended.status).as(ended.err).isEqualTo(MACHINE_FAILED);
    assertThat(ended.err)
        .contains("Kernel panic - not syncing: Attempted to kill init!")
        .contains("without the command's exit status");
  }

  @Test
  void shouldFailWhenTheKernelWarnsUnlessThatIsExpected() throws Exception {
    standIn(
        """
        control=$(sed -n 's/.* init=\\([^ ]*\\)\\/init .*/\\1/p' <<<"$*")
        printf '%s\\n' '[ 1.0] ------------[ cut here ]------------' '[ 1.0] a limit of perf' >"$control/dmesg"
        echo 7 >"$control/status"
        """);

    Ended unexpected = run(List.of(), List.of("true"));
    Ended expected = run(List.of("--expect-warning", "limit of perf"), List.of("true"));

    assertThat(unexpected.status).as(unexpected.err).isEqualTo(MACHINE_FAILED);
    assertThat(unexpected.err).contains("the kernel warned").contains("exit status: 7");
    assertThat(expected.status).as(expected.err).isEqualTo(7);
    assertThat(expected.err).matches(BOOTING);
  }

  @Test
  void shouldFailAtOnceWhenQemuDoes() throws Exception {
    standIn("echo no such thing >&2; exit 1");

    // Longer than this test may take.
    Ended ended = run(List.of("--timeout", "3600"), List.of("true"));

    assertThat(ended.status).as(ended.err).isEqualTo(MACHINE_FAILED);
    assertThat(ended.err).contains("no such thing").doesNotContain("time limit");
  }

  @Test
  void shouldLeaveNothingBehindWhenItIsTerminated() throws Exception {
    Path arguments = folder.resolve("arguments");
    standIn("echo \"$*\" >%1$s.part; mv %1$s.part %1$s; exec sleep 1000".formatted(arguments));

    Process machine = start(List.of(), List.of("true"));
    try {
      while (!Files.exists(arguments)) {
        assertThat(machine.isAlive()).isTrue();
        TimeUnit.MILLISECONDS.sleep(20);
      }
      List<ProcessHandle> processes = machine.descendants().toList();
      // The limit, QEMU and a copy of each stream.
      assertThat(processes).hasSize(4);
      machine.destroy();

      assertThat(machine.waitFor()).isEqualTo(128 + SIGTERM);
      assertThat(processes).noneMatch(ProcessHandle::isAlive);
      assertThat(controlFolder(Files.readString(arguments))).doesNotExist();
    } finally {
      machine.descendants().forEach(ProcessHandle::destroyForcibly);
      machine.destroyForcibly();
    }
  }

  @Test
  void shouldRefuseAnUnknownOption() throws Exception {
    Ended ended = run(List.of("--result"), List.of("true"));

    assertThat(ended.status).isEqualTo(2);
    assertThat(ended.err).contains("unknown option --result").contains("Usage:");
  }

  private static Path controlFolder(String arguments) {
    Matcher init = INIT.matcher(arguments);
    assertThat(init.find()).as(arguments).isTrue();
    return Path.of(init.group(1));
  }

  /** Puts a script first on the path in the place of QEMU. */
  private void standIn(String script) throws IOException {
    Path file = standIns.resolve("qemu-system-x86_64");
    Files.writeString(file, "#!/bin/bash\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Ended run(List<String> options, List<String> command) throws Exception {
    long start = System.nanoTime();
    Process machine = start(options, command);
    try {
      machine.waitFor();
    } finally {
      // Does nothing unless a time-out interrupted the wait.
      machine.destroy();
    }
    return new Ended(
        machine.exitValue(),
        Files.readString(folder.resolve("out")),
        Files.readString(folder.resolve("err")),
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
  }

  private Process start(List<String> options, List<String> command) throws IOException {
    List<String> line = new ArrayList<>(List.of(MACHINE.resolve("run").toString()));
    line.addAll(options);
    line.add("--");
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().merge("PATH", standIns.toString(), (path, first) -> first + ":" + path);
    // A script that replaces QEMU must not be tried with KVM first.
    if (Files.exists(standIns.resolve("qemu-system-x86_64"))) {
      builder.environment().put("USER_EVENTS_KERNEL_ACCELERATOR", "tcg");
    }
    return builder
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private record Ended(int status, String out, String err, long seconds) {}
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTableTest {

  private static final long LATER_NS = TimeUnit.SECONDS.toNanos(ProcessTable.MAX_AGE_S);

  @TempDir private Path proc;

  @Test
  void shouldTellWhatTheKernelKnowsOfThisProcess() {
    ProcessTable table = new ProcessTable();
    int self = (int) ProcessHandle.current().pid();

    ProcessInfo process = table.ofProcess(self, 0);

    assertThat(process.isKnown()).isTrue();
    assertThat(process.pid()).isEqualTo(self);
    assertThat(process.name()).isEqualTo("java");
    assertThat(process.executable()).endsWith("/java");
    assertThat(process.command()).endsWith("java");
    assertThat(process.userId()).isGreaterThanOrEqualTo(0);
  }

  @Test
  void shouldFindTheProcessOfAThread() throws Exception {
    int tid =
        Integer.parseInt(
            Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());

    ProcessInfo process = new ProcessTable().ofThread(tid, 0);

    assertThat(process.pid()).isEqualTo((int) ProcessHandle.current().pid());
  }

  @Test
  void shouldKeepWhatItKnewOfAProcessThatHasEnded() throws Exception {
    ProcessTable table = new ProcessTable(proc);
    write(7, "first (x) y", 100);
    ProcessInfo before = table.ofProcess(7, 0);
    remove(7);

    assertThat(table.ofProcess(7, LATER_NS)).isSameAs(before);
    assertThat(before.name()).isEqualTo("first (x) y");
    assertThat(before.startTicks()).isEqualTo(100);
  }

  @Test
  void shouldSeeThatAnotherProcessHasThePidOnceItLooksAgain() throws Exception {
    ProcessTable table = new ProcessTable(proc);
    write(7, "first", 100);
    ProcessInfo first = table.ofProcess(7, 0);
    write(7, "second", 200);

    assertThat(table.ofProcess(7, LATER_NS - 1)).isSameAs(first);
    assertThat(table.ofProcess(7, LATER_NS).name()).isEqualTo("second");
  }

  @Test
  void shouldKnowThePidAloneOfAProcessThatEndedBeforeItsEvent() {
    ProcessInfo process = new ProcessTable(proc).ofProcess(9, 0);

    assertThat(process.isKnown()).isFalse();
    assertThat(process.pid()).isEqualTo(9);
    assertThat(process.userId()).isEqualTo(-1);
  }

  @Test
  void shouldFilterByWhatIsKnown() throws Exception {
    write(7, "server", 100);
    ProcessInfo process = new ProcessTable(proc).ofProcess(7, 0);

    assertThat(ProcessFilter.ALL.keeps(process)).isTrue();
    assertThat(filter(Set.of(7), Set.of(), Set.of(), Set.of()).keeps(process)).isTrue();
    assertThat(filter(Set.of(8), Set.of(), Set.of(), Set.of()).keeps(process)).isFalse();
    assertThat(filter(Set.of(), Set.of(1000L), Set.of(), Set.of("server")).keeps(process)).isTrue();
    assertThat(filter(Set.of(), Set.of(1000L), Set.of(), Set.of("other")).keeps(process)).isFalse();
    assertThat(filter(Set.of(), Set.of(), Set.of("0123456789ab"), Set.of()).keeps(process))
        .isTrue();
    assertThat(filter(Set.of(), Set.of(), Set.of("1"), Set.of()).keeps(process)).isFalse();
    assertThat(filter(Set.of(), Set.of(0L), Set.of(), Set.of()).keeps(ProcessInfo.unknown(3)))
        .isFalse();
  }

  private static ProcessFilter filter(
      Set<Integer> pids, Set<Long> users, Set<String> containers, Set<String> names) {
    return new ProcessFilter(pids, users, containers, names);
  }

  private void write(int pid, String name, long startTicks) throws Exception {
    Path folder = Files.createDirectories(proc.resolve(Integer.toString(pid)));
    Files.writeString(
        folder.resolve("stat"),
        pid
            + " ("
            + name
            + ") S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 "
            + startTicks
            + " 1 2 3");
    Files.writeString(folder.resolve("comm"), name + "\n");
    Files.writeString(folder.resolve("cmdline"), "/usr/bin/" + name + "\0--secret=x\0");
    Files.writeString(
        folder.resolve("status"), "Name:\tx\nTgid:\t" + pid + "\nUid:\t1000\t0\t0\t0\n");
    Files.writeString(
        folder.resolve("cgroup"), "0::/docker/" + "0123456789abcdef".repeat(4) + "\n");
  }

  private void remove(int pid) throws Exception {
    Path folder = proc.resolve(Integer.toString(pid));
    for (String name : new String[] {"stat", "comm", "cmdline", "status", "cgroup"}) {
      Files.delete(folder.resolve(name));
    }
    Files.delete(folder);
  }
}

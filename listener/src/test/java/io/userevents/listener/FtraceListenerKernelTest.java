// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.Tracefs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of ftrace alone, against the running kernel. */
@Tag("kernel")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FtraceListenerKernelTest extends KernelListening {

  private static final int OPENED_IN_A_PROCESS = 12;

  @Test
  void shouldKeepWhatWasWrittenWhenTheLastExporterEnds() throws Exception {
    Path dynamicEvents = Tracefs.find().orElseThrow().resolve("dynamic_events");
    List<ReceivedEvent> received = new ArrayList<>();
    EventSource source = new EventSource(eventName, 1);
    try (TracepointListener listener = ftrace().open()) {
      assertThat(source.write()).isZero();
      source.close();
      listener.detach();
      TimeUnit.MILLISECONDS.sleep(500);
      // When any dynamic event is removed, the kernel empties the buffers of all instances that
      // ever had one enabled that is gone.
      Files.writeString(dynamicEvents, "u:listener_test_other", StandardOpenOption.APPEND);
      Files.writeString(dynamicEvents, "-:listener_test_other", StandardOpenOption.APPEND);
      listener.poll(EventHandler.copying(received::add), 0);
    }
    assertThat(received).hasSize(1);
  }

  @Test
  void shouldRemoveInstanceOnCloseAndOnlyOnce() throws Exception {
    TracepointListener listener = ftrace().open();
    assertThat(listener.instance().orElseThrow()).isDirectory();

    listener.close();
    listener.close();

    assertThat(listener.instance().orElseThrow()).doesNotExist();
    assertThat(listener.poll(sample -> {}, -1)).isEqualTo(TracepointListener.CLOSED);
  }

  @Test
  void shouldCountEventsThatOthersWriteToTheInstance() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = ftrace().open();
        EventSource source = new EventSource(eventName, 1)) {
      Files.writeString(
          listener.instance().orElseThrow().resolve("trace_marker"), "hello", US_ASCII);
      assertThat(source.write()).isZero();
      receive(listener, received, 1);
      drain(listener);

      assertThat(listener.statistics().foreignEvents()).isEqualTo(1);
    }
  }

  @Test
  void shouldReceiveAllEventsWhenSizeOfPagesIsChangedMeanwhile() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = ftrace().open();
        EventSource source = new EventSource(eventName, 1)) {
      Files.writeString(
          listener.instance().orElseThrow().resolve("buffer_subbuf_size_kb"), "16", US_ASCII);
      for (int i = 0; i < 100; i++) {
        assertThat(source.write()).isZero();
      }
      receive(listener, received, 100);

      assertThat(listener.statistics().malformedBuffers()).isZero();
    }
    received.sort((a, b) -> Long.compare(a.timestampNs(), b.timestampNs()));
    for (int i = 0; i < 100; i++) {
      assertThat(received.get(i).bytes()).isEqualTo(EventSource.payload(1, i));
    }
  }

  @Test
  void shouldRefuseNameOfAnotherListener() throws Exception {
    try (TracepointListener listener = ftrace().setInstanceName("listener_test").open()) {
      assertThatThrownBy(() -> ftrace().setInstanceName("listener_test").open())
          .isInstanceOf(ListenerException.class)
          .hasMessageContaining("EEXIST");
      assertThat(listener.instance().orElseThrow()).isDirectory();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void shouldRemoveInstanceWhenProcessIsEnded(String signal) throws Exception {
    Process program = start(eventName, Source.FTRACE.name());
    Path instance = Path.of(lineOf(program));
    assertThat(instance).isDirectory();

    kill(signal, program);

    assertThat(instance).doesNotExist();
  }

  @Test
  void shouldRemoveInstanceWhenHandlerEndsTheProcess() throws Exception {
    try (EventSource source = new EventSource(eventName, 1)) {
      Process program = start(eventName, Source.FTRACE.name(), "exit");
      Path instance = Path.of(lineOf(program));
      assertThat(source.write()).isZero();

      assertThat(program.waitFor(300, TimeUnit.SECONDS)).isTrue();
      assertThat(program.exitValue()).isEqualTo(3);
      assertThat(instance).doesNotExist();
    }
  }

  @Test
  void shouldRemoveInstanceOfKilledProcessOnOpen() throws Exception {
    Process program = start(eventName, Source.FTRACE.name());
    Path instance = Path.of(lineOf(program));
    Set<Path> before = instances();
    try (TracepointListener other = ftrace().open()) {
      assertThat(instance).isDirectory();
      before.add(other.instance().orElseThrow());
      assertThat(instances()).isEqualTo(before);
    }
    kill("KILL", program);
    assertThat(instance).isDirectory();

    ftrace().open().close();

    assertThat(instance).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "events/user_events/EVENT/enable, 0",
    "events/user_events/EVENT/filter, common_pid == 0",
    "set_event_notrace_pid, TID",
    "set_event_pid, 1",
    "tracing_cpumask, 1",
    "tracing_on, 0"
  })
  void shouldNoticeThatItIsSwitchedOffAndSwitchItselfOnAgain(String file, String value)
      throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = ftrace().open();
        EventSource source = new EventSource(eventName, 1)) {
      Path path = listener.instance().orElseThrow().resolve(file.replace("EVENT", eventName));
      // In one piece: the kernel refuses to hand out a CPU mask in parts.
      TracefsFiles files = new TracefsFiles(Syscalls.ofThisMachine());
      String before = files.read(path);
      Path tid = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName();
      Files.writeString(path, value.replace("TID", String.valueOf(tid)), StandardOpenOption.WRITE);
      assertThat(files.read(path)).isNotEqualTo(before);

      awaitInterruption(listener);

      assertThat(files.read(path)).isEqualTo(before);
      assertThat(source.write()).isZero();
      receive(listener, received, 1);
    }
  }

  @Test
  void shouldReceiveAgainAfterSomebodyHasResetAllTracing() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = ftrace().open();
        EventSource source = new EventSource(eventName, 1)) {
      Process reset = new ProcessBuilder("trace-cmd", "reset", "-a").inheritIO().start();
      assertThat(reset.waitFor()).isZero();
      assertThat(source.isEnabled()).isFalse();

      awaitInterruption(listener);

      assertThat(source.isEnabled()).isTrue();
      for (int i = 0; i < 100; i++) {
        assertThat(source.write()).isZero();
      }
      receive(listener, received, 100);
      assertThat(received.get(99).timestampNs()).isBetween(0L, System.nanoTime());
    }
  }

  @Test
  @Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void shouldKeepItsCountsWhenSomebodyResetsAllTracing() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    TracepointListener listener = ftrace().setBufferSizeKb(16).open();
    try (listener;
        EventSource source = new EventSource(eventName, 1)) {
      while (listener.kernelStatistics().lost() == 0) {
        assertThat(source.write()).isZero();
      }
      int read = drain(listener);
      assertThat(read).isPositive();
      assertThat(source.write()).isZero();
      KernelStatistics before = listener.kernelStatistics();
      assertThat(before.readEvents()).isEqualTo(read);
      assertThat(before.unreadEvents()).isEqualTo(1);
      assertThat(before.lost()).isPositive();

      Process reset = new ProcessBuilder("trace-cmd", "reset", "-a").inheritIO().start();
      assertThat(reset.waitFor()).isZero();

      assertCounts(listener, read, before.lost());
      awaitInterruption(listener);
      assertCounts(listener, read, before.lost());
      for (int i = 1; i <= 10; i++) {
        assertThat(source.write()).isZero();
        receive(listener, received, i);
      }
      assertCounts(listener, read + 10, before.lost());
      assertThat(listener.statistics().interruptions()).isEqualTo(1);
      listener.close();
      assertCounts(listener, read + 10, before.lost());
    }
  }

  @Test
  void shouldKeepItsCountsWhenSomebodyEmptiesItsBuffers() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = ftrace().open();
        EventSource source = new EventSource(eventName, 1)) {
      assertThat(source.write()).isZero();
      receive(listener, received, 1);
      assertCounts(listener, 1, 0);

      // Opened for writing and cut to no length, which is all that it takes.
      Files.writeString(listener.instance().orElseThrow().resolve("trace"), "");

      awaitInterruption(listener);
      assertCounts(listener, 1, 0);
      assertThat(source.write()).isZero();
      receive(listener, received, 2);
      assertCounts(listener, 2, 0);
      assertThat(listener.statistics().interruptions()).isEqualTo(1);
    }
  }

  private static void assertCounts(TracepointListener listener, long read, long lost)
      throws Exception {
    assertThat(listener.kernelStatistics())
        .hasToString(
            "KernelStatistics{readEvents=" + read + ", unreadEvents=0, lost=" + lost + "}");
  }

  @Test
  void shouldRemoveWhatAKilledContainerLeftAndNothingOfALivingOne() throws Exception {
    // Each is process 1 of a separate pid namespace.
    Process living = startContainer();
    Process killed = startContainer();
    Path instanceOfLiving = Path.of(lineOf(living));
    Path instanceOfKilled = Path.of(lineOf(killed));
    assertThat(instanceOfLiving).isNotEqualTo(instanceOfKilled);
    assertThat(instanceOfLiving.toString()).endsWith("_1_1");
    assertThat(instanceOfKilled.toString()).endsWith("_1_1");
    // Ends its child, the first process of the namespace, as well.
    kill("KILL", killed);
    assertThat(instanceOfKilled).isDirectory();

    long startNs = System.nanoTime();
    while (Files.exists(instanceOfKilled)) {
      ftrace().open().close();
      assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(60));
    }

    assertThat(instanceOfLiving).isDirectory();
    assertThat(living.isAlive()).isTrue();
  }

  /**
   * Each listener removes instances that it takes for stale while the other creates its instance.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void shouldOpenInTwoProcessesAtTheSameTime(boolean inContainers) throws Exception {
    String[] again = {"again", Integer.toString(OPENED_IN_A_PROCESS)};
    List<Process> programs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      programs.add(inContainers ? startContainer(again) : start(arguments(again)));
    }
    for (Process program : programs) {
      List<String> lines = program.inputReader(US_ASCII).lines().toList();

      // The status of a JVM that crashes as the first process of its namespace is 127.
      assertThat(program.waitFor()).as("%s", lines).isZero();
      assertThat(lines).hasSize(OPENED_IN_A_PROCESS).containsOnly("opened");
    }
  }

  @Test
  void shouldLeaveInstanceOfKilledProcessIfAskedTo() throws Exception {
    Process program = start(eventName, Source.FTRACE.name());
    Path instance = Path.of(lineOf(program));
    kill("KILL", program);

    ftrace().setRemoveStaleInstances(false).open().close();
    builder(Source.PERF).setRemoveStaleInstances(false).open().close();
    assertThat(instance).isDirectory();
    ftrace().open().close();

    assertThat(instance).doesNotExist();
  }

  @Test
  void shouldRemoveInstanceOfKilledProcessWhenAListenerByPerfIsOpened() throws Exception {
    Process program = start(eventName, Source.FTRACE.name());
    Path instance = Path.of(lineOf(program));
    kill("KILL", program);
    assertThat(instance).isDirectory();

    builder(Source.PERF).open().close();

    assertThat(instance).doesNotExist();
  }

  /**
   * Starts the program as process 1 of a pid namespace. A JVM that crashes there writes its report
   * to the standard output, which the tests show.
   */
  private Process startContainer(String... more) throws Exception {
    return startBy(
        List.of(
            "env",
            "JDK_JAVA_OPTIONS=-XX:+ErrorFileToStdout",
            "unshare",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc"),
        arguments(more));
  }

  private String[] arguments(String... more) {
    List<String> arguments = new ArrayList<>(List.of(eventName, Source.FTRACE.name()));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static void awaitInterruption(TracepointListener listener) throws Exception {
    long startNs = System.nanoTime();
    while (listener.statistics().interruptions() == 0) {
      assertThat(listener.poll(sample -> {}, 100)).isZero();
      assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(60));
    }
  }

  private TracepointListenerBuilder ftrace() {
    return builder(Source.FTRACE);
  }
}

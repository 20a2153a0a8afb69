// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.log.BackgroundLog;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.Tracefs;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the running kernel; needs root and Linux 6.4 or newer with user_events. */
@Tag("kernel")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TracepointListenerKernelTest {

  private static final AtomicInteger EVENTS = new AtomicInteger();

  private final List<Process> programs = new ArrayList<>();
  private String eventName = "";

  @BeforeEach
  void chooseEvent() {
    // One each, so that no test sees what another has left.
    eventName = "listener_test_" + EVENTS.incrementAndGet();
  }

  @AfterEach
  void endPrograms() {
    programs.forEach(Process::destroyForcibly);
  }

  @Test
  void shouldHoldTheEventWhicheverThreadsOpenAndCloseIt() throws Exception {
    Path event = Tracefs.find().orElseThrow().resolve("events/user_events").resolve(eventName);
    List<String> warnings = new CopyOnWriteArrayList<>();
    Handler handler = new WarningsTo(warnings);
    Logger logger = Logger.getLogger(KernelTracepoint.class.getName());
    logger.addHandler(handler);
    try {
      ExecutorService opener = Executors.newSingleThreadExecutor();
      TracepointListener listener =
          opener.submit(() -> TracepointListener.builder(eventName).open()).get();
      opener.shutdown();
      assertThat(opener.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
      listener.detach();
      // Nothing but the listener's registration holds the event now. The kernel would remove it
      // soon.
      TimeUnit.MILLISECONDS.sleep(500);
      assertThat(event).exists();

      listener.close();

      assertThat(BackgroundLog.await(TimeUnit.SECONDS.toNanos(10))).isTrue();
      assertThat(warnings).isEmpty();
      while (Files.exists(event)) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    } finally {
      logger.removeHandler(handler);
    }
  }

  @Test
  void shouldReceiveAllEventsOfSeveralThreads() throws Exception {
    int threads = 4;
    int events = 600;
    List<ReceivedEvent> received = new ArrayList<>();
    Map<Integer, Integer> tids = new HashMap<>();
    long startNs = System.nanoTime();
    try (TracepointListener listener = TracepointListener.builder(eventName).open()) {
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        writers.add(pool.submit(writer(i, events)));
      }
      receive(listener, received, threads * events);
      for (int i = 0; i < threads; i++) {
        tids.put(i, writers.get(i).get());
      }
      pool.shutdown();
      assertThat(listener.poll(EventHandler.copying(received::add), 0)).isZero();
      assertThat(listener.kernelStatistics())
          .isEqualTo(new KernelStatistics(0, 0, 0, 0, threads * (long) events));
      ListenerStatistics statistics = listener.statistics();
      assertThat(statistics.events()).isEqualTo(threads * (long) events);
      assertThat(statistics.bytes())
          .isEqualTo(received.stream().mapToLong(ReceivedEvent::length).sum());
      assertThat(statistics)
          .isEqualTo(
              new ListenerStatistics(
                  statistics.events(),
                  statistics.bytes(),
                  statistics.pages(),
                  0,
                  0,
                  0,
                  0,
                  0,
                  0,
                  0));
    }
    long endNs = System.nanoTime();

    Map<Integer, Integer> nextOfThread = new HashMap<>();
    // Stable, so that events of one CPU keep the order in which they were received.
    received.sort((a, b) -> Long.compare(a.timestampNs(), b.timestampNs()));
    for (ReceivedEvent event : received) {
      byte[] bytes = event.bytes();
      int id = bytes[0];
      int number = nextOfThread.merge(id, 1, Integer::sum) - 1;
      assertThat(bytes).isEqualTo(EventSource.payload(id, number));
      assertThat(event.tid()).isEqualTo(tids.get(id));
      assertThat(event.timestampNs()).isBetween(startNs, endNs);
    }
    assertThat(nextOfThread)
        .hasSize(threads)
        .allSatisfy((id, n) -> assertThat(n).isEqualTo(events));
  }

  @Test
  void shouldHandOutEventsOfEachCpuInOrderOfTime() throws Exception {
    Map<Integer, Long> lastOfCpu = new HashMap<>();
    try (TracepointListener listener = TracepointListener.builder(eventName).open()) {
      ExecutorService pool = Executors.newFixedThreadPool(2);
      Future<Integer> one = pool.submit(writer(0, 500));
      Future<Integer> other = pool.submit(writer(1, 500));
      int events = 0;
      while (events < 1000) {
        events +=
            listener.poll(
                (buffer, timestampNs, cpu, tid) -> {
                  Long last = lastOfCpu.put(cpu, timestampNs);
                  if (last != null) {
                    assertThat(timestampNs).isGreaterThanOrEqualTo(last);
                  }
                },
                1000);
      }
      one.get();
      other.get();
      pool.shutdown();
    }
    assertThat(lastOfCpu).isNotEmpty();
  }

  @Test
  void shouldReceiveSingleEventAtOnce() throws Exception {
    try (TracepointListener listener = TracepointListener.builder(eventName).open();
        EventSource source = new EventSource(eventName, 1)) {
      ExecutorService pool = Executors.newSingleThreadExecutor();
      List<Long> latenciesNs = new ArrayList<>();
      List<Long> timestampsNs = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Future<Integer> polled =
            pool.submit(
                () ->
                    listener.poll(
                        (buffer, timestampNs, cpu, tid) -> {
                          latenciesNs.add(System.nanoTime() - timestampNs);
                          timestampsNs.add(timestampNs);
                        },
                        30_000));
        TimeUnit.MILLISECONDS.sleep(20);
        long beforeNs = System.nanoTime();
        assertThat(source.write()).isZero();
        long afterNs = System.nanoTime();
        assertThat(polled.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(timestampsNs.get(i)).isBetween(beforeNs, afterNs);
      }
      pool.shutdown();
      latenciesNs.sort(null);
      // Far below a slice of the wait: the kernel wakes the listener, no timer does.
      assertThat(latenciesNs.get(latenciesNs.size() / 2))
          .isLessThan(TimeUnit.MILLISECONDS.toNanos(60));
    }
  }

  @Test
  void shouldReceiveLongestEvent() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = TracepointListener.builder(eventName).open();
        EventSource source = new EventSource(eventName, 1)) {
      assertThat(source.write(new byte[4048])).isZero();
      receive(listener, received, 1);

      assertThat(received.get(0).length()).isEqualTo(4048);
    }
  }

  @Test
  void shouldAccountForEveryEventWhenOverloaded() throws Exception {
    int written = 5000;
    TracepointListener listener = TracepointListener.builder(eventName).setBufferSizeKb(64).open();
    try (EventSource source = new EventSource(eventName, 1)) {
      for (int i = 0; i < written; i++) {
        assertThat(source.write(new byte[100])).isZero();
      }
      listener.detach();
      int received = drain(listener);
      KernelStatistics kernel = listener.kernelStatistics();
      ListenerStatistics statistics = listener.statistics();

      assertThat(received).isBetween(1, written - 1);
      assertThat(received + kernel.lost()).isEqualTo(written);
      assertThat(kernel.overrun()).isEqualTo(kernel.lost());
      assertThat(statistics.missedEvents() > 0 || statistics.missedUncounted() > 0).isTrue();
      if (statistics.missedUncounted() == 0) {
        assertThat(statistics.missedEvents()).isEqualTo(kernel.lost());
      }
    } finally {
      listener.close();
    }
  }

  @Test
  void shouldAccountForEveryEventWhenReadingTooSlowly() throws Exception {
    int written = 6000;
    TracepointListener listener = TracepointListener.builder(eventName).setBufferSizeKb(16).open();
    try {
      ExecutorService pool = Executors.newFixedThreadPool(2);
      Future<Integer> one = pool.submit(writer(0, written / 2));
      Future<Integer> other = pool.submit(writer(1, written / 2));
      long received = 0;
      while (!one.isDone() || !other.isDone()) {
        received += listener.poll((buffer, timestampNs, cpu, tid) -> {}, 1);
        TimeUnit.MILLISECONDS.sleep(5);
      }
      one.get();
      other.get();
      pool.shutdown();
      listener.detach();
      received += drain(listener);

      assertThat(received + listener.kernelStatistics().lost()).isEqualTo(written);
      assertThat(listener.statistics().malformedPages()).isZero();
    } finally {
      listener.close();
    }
  }

  @Test
  void shouldCountWhatIsAbandonedByClosing() throws Exception {
    TracepointListener listener = TracepointListener.builder(eventName).open();
    try (EventSource source = new EventSource(eventName, 1)) {
      for (int i = 0; i < 10; i++) {
        assertThat(source.write()).isZero();
      }
      listener.close();
    }
    assertThat(listener.statistics().abandonedEvents()).isEqualTo(10);
    assertThat(listener.kernelStatistics().unreadEvents()).isEqualTo(10);
  }

  @Test
  void shouldDrainAfterDetaching() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = TracepointListener.builder(eventName).open();
        EventSource source = new EventSource(eventName, 1)) {
      for (int i = 0; i < 100; i++) {
        assertThat(source.write()).isZero();
      }
      listener.detach();
      assertThat(source.isEnabled()).isFalse();
      source.write();
      while (listener.poll(EventHandler.copying(received::add), -1) > 0) {
        Thread.onSpinWait();
      }
    }
    assertThat(received).hasSize(100);
  }

  @Test
  void shouldKeepWhatWasWrittenWhenTheLastExporterEnds() throws Exception {
    Path dynamicEvents = Tracefs.find().orElseThrow().resolve("dynamic_events");
    List<ReceivedEvent> received = new ArrayList<>();
    EventSource source = new EventSource(eventName, 1);
    try (TracepointListener listener = TracepointListener.builder(eventName).open()) {
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
  void shouldReceiveFromExportersThatComeAndGo() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    EventSource first = new EventSource(eventName, 0);
    try (TracepointListener listener = TracepointListener.builder(eventName).open()) {
      for (int i = 0; i < 5; i++) {
        EventSource source = i == 0 ? first : new EventSource(eventName, i);
        assertThat(source.isEnabled()).isTrue();
        assertThat(source.write()).isZero();
        source.close();
        receive(listener, received, i + 1);
      }
    }
    assertThat(received).extracting(e -> (int) e.bytes()[0]).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void shouldGiveAllEventsToEachOfTwoListeners() throws Exception {
    List<ReceivedEvent> one = new ArrayList<>();
    List<ReceivedEvent> other = new ArrayList<>();
    try (TracepointListener second = TracepointListener.builder(eventName).open();
        EventSource source = new EventSource(eventName, 1)) {
      try (TracepointListener first = TracepointListener.builder(eventName).open()) {
        assertThat(first.instance()).isNotEqualTo(second.instance());
        for (int i = 0; i < 50; i++) {
          assertThat(source.write()).isZero();
        }
        receive(first, one, 50);
        receive(second, other, 50);
      }
      assertThat(source.write()).isZero();
      receive(second, other, 51);
    }
    assertThat(other.subList(0, 50))
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("timestampNs")
        .containsExactlyInAnyOrderElementsOf(one);
  }

  @Test
  void shouldRemoveInstanceOnCloseAndOnlyOnce() throws Exception {
    TracepointListener listener = TracepointListener.builder(eventName).open();
    assertThat(listener.instance()).isDirectory();

    listener.close();
    listener.close();

    assertThat(listener.instance()).doesNotExist();
    assertThat(listener.poll((buffer, timestampNs, cpu, tid) -> {}, -1))
        .isEqualTo(TracepointListener.CLOSED);
  }

  @Test
  void shouldEndPollWhenClosedByAnotherThread() throws Exception {
    TracepointListener listener = TracepointListener.builder(eventName).open();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    Future<Integer> polled =
        pool.submit(() -> listener.poll((buffer, timestampNs, cpu, tid) -> {}, -1));
    TimeUnit.MILLISECONDS.sleep(50);

    listener.close();

    assertThat(polled.get(10, TimeUnit.SECONDS)).isEqualTo(TracepointListener.CLOSED);
    assertThat(listener.instance()).doesNotExist();
    pool.shutdown();
  }

  @Test
  void shouldBeClosedByItsHandler() throws Exception {
    TracepointListener listener = TracepointListener.builder(eventName).open();
    try (EventSource source = new EventSource(eventName, 1)) {
      assertThat(source.write()).isZero();
      List<Integer> lengths = new ArrayList<>();
      int events =
          listener.poll(
              (buffer, timestampNs, cpu, tid) -> {
                listener.close();
                lengths.add(buffer.capacity() + buffer.getByte(0));
              },
              1000);

      assertThat(events).isEqualTo(1);
      assertThat(lengths).hasSize(1);
      assertThat(listener.instance()).doesNotExist();
      assertThat(listener.poll((buffer, timestampNs, cpu, tid) -> {}, 0))
          .isEqualTo(TracepointListener.CLOSED);
    }
  }

  @Test
  void shouldCountEventsThatOthersWriteToTheInstance() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = TracepointListener.builder(eventName).open();
        EventSource source = new EventSource(eventName, 1)) {
      Files.writeString(listener.instance().resolve("trace_marker"), "hello", US_ASCII);
      assertThat(source.write()).isZero();
      receive(listener, received, 1);
      drain(listener);

      assertThat(listener.statistics().foreignEvents()).isEqualTo(1);
    }
  }

  @Test
  void shouldReceiveAllEventsWhenSizeOfPagesIsChangedMeanwhile() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = TracepointListener.builder(eventName).open();
        EventSource source = new EventSource(eventName, 1)) {
      Files.writeString(listener.instance().resolve("buffer_subbuf_size_kb"), "16", US_ASCII);
      for (int i = 0; i < 100; i++) {
        assertThat(source.write()).isZero();
      }
      receive(listener, received, 100);

      assertThat(listener.statistics().malformedPages()).isZero();
    }
    received.sort((a, b) -> Long.compare(a.timestampNs(), b.timestampNs()));
    for (int i = 0; i < 100; i++) {
      assertThat(received.get(i).bytes()).isEqualTo(EventSource.payload(1, i));
    }
  }

  @Test
  void shouldRefuseNameOfAnotherListener() throws Exception {
    try (TracepointListener listener =
        TracepointListener.builder(eventName).setInstanceName("listener_test").open()) {
      assertThatThrownBy(
              () -> TracepointListener.builder(eventName).setInstanceName("listener_test").open())
          .isInstanceOf(ListenerException.class)
          .hasMessageContaining("EEXIST");
      assertThat(listener.instance()).isDirectory();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void shouldRemoveInstanceWhenProcessIsEnded(String signal) throws Exception {
    Process program = start(eventName);
    Path instance = instanceOf(program);
    assertThat(instance).isDirectory();

    kill(signal, program);

    assertThat(instance).doesNotExist();
  }

  @Test
  void shouldRemoveInstanceWhenHandlerEndsTheProcess() throws Exception {
    try (EventSource source = new EventSource(eventName, 1)) {
      Process program = start(eventName, "exit");
      Path instance = instanceOf(program);
      assertThat(source.write()).isZero();

      assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(program.exitValue()).isEqualTo(3);
      assertThat(instance).doesNotExist();
    }
  }

  @Test
  void shouldRemoveInstanceOfKilledProcessOnOpen() throws Exception {
    Process program = start(eventName);
    Path instance = instanceOf(program);
    Set<Path> before = instances();
    try (TracepointListener other = TracepointListener.builder(eventName).open()) {
      assertThat(instance).isDirectory();
      before.add(other.instance());
      assertThat(instances()).isEqualTo(before);
    }
    kill("KILL", program);
    assertThat(instance).isDirectory();

    TracepointListener.builder(eventName).open().close();

    assertThat(instance).doesNotExist();
  }

  private Callable<Integer> writer(int id, int events) {
    return () -> {
      try (EventSource source = new EventSource(eventName, id)) {
        for (int i = 0; i < events; i++) {
          assertThat(source.write()).isZero();
        }
      }
      return Integer.parseInt(
          String.valueOf(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName()));
    };
  }

  private static void receive(TracepointListener listener, List<ReceivedEvent> into, int events)
      throws Exception {
    long start = System.nanoTime();
    while (into.size() < events) {
      listener.poll(EventHandler.copying(into::add), 1000);
      assertThat(System.nanoTime() - start)
          .as("received %d of %d: %s", into.size(), events, listener.statistics())
          .isLessThan(TimeUnit.SECONDS.toNanos(60));
    }
  }

  private static int drain(TracepointListener listener) throws Exception {
    int sum = 0;
    int events;
    while ((events = listener.poll((buffer, timestampNs, cpu, tid) -> {}, 0)) > 0) {
      sum += events;
    }
    return sum;
  }

  private Process start(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ListenerProgram.class.getName());
    command.addAll(List.of(arguments));
    Process program =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    programs.add(program);
    return program;
  }

  private static Path instanceOf(Process program) throws Exception {
    BufferedReader output =
        new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8));
    return Path.of(String.valueOf(output.readLine()));
  }

  private static void kill(String signal, Process program) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(program.pid())).start().waitFor();
    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private static Set<Path> instances() throws Exception {
    Set<Path> found = new HashSet<>();
    Path instances = Tracefs.find().orElseThrow().resolve("instances");
    try (var folders = Files.newDirectoryStream(instances)) {
      folders.forEach(found::add);
    }
    return found;
  }

  private static final class WarningsTo extends Handler {

    private final List<String> messages;

    WarningsTo(List<String> messages) {
      this.messages = messages;
    }

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
        messages.add(record.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}

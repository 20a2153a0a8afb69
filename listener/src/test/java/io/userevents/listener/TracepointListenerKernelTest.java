// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.log.BackgroundLog;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.Tracefs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that apply to each source, on the running kernel; needs root and Linux 6.4 or newer with
 * user_events.
 */
@Tag("kernel")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TracepointListenerKernelTest extends KernelListening {

  private static final int IDLE_MS = 10_000;

  /** The time of the last event that was polled alone, in ns. */
  private volatile long receivedTimestampNs;

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldHoldTheEventWhicheverThreadsOpenAndCloseIt(Source source) throws Exception {
    Path event = Tracefs.find().orElseThrow().resolve("events/user_events").resolve(eventName);
    List<String> warnings = new CopyOnWriteArrayList<>();
    Handler handler = new WarningsTo(warnings);
    Logger logger = Logger.getLogger(KernelTracepoint.class.getName());
    logger.addHandler(handler);
    try {
      ExecutorService opener = Executors.newSingleThreadExecutor();
      TracepointListener listener = opener.submit(() -> builder(source).open()).get();
      opener.shutdown();
      assertThat(opener.awaitTermination(300, TimeUnit.SECONDS)).isTrue();
      listener.detach();
      // Nothing but the listener's registration holds the event now. The kernel would remove it
      // soon.
      TimeUnit.MILLISECONDS.sleep(500);
      assertThat(event).exists();

      listener.close();

      assertThat(BackgroundLog.await(TimeUnit.SECONDS.toNanos(60))).isTrue();
      assertThat(warnings).isEmpty();
      while (Files.exists(event)) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    } finally {
      logger.removeHandler(handler);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldReceiveAllEventsOfSeveralThreads(Source source) throws Exception {
    int threads = 4;
    int events = 600;
    List<ReceivedEvent> received = new ArrayList<>();
    Map<Integer, Integer> tids = new HashMap<>();
    long startNs = System.nanoTime();
    try (TracepointListener listener = builder(source).open()) {
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
          .hasToString(
              "KernelStatistics{readEvents=" + threads * events + ", unreadEvents=0, lost=0}");
      ListenerStatistics statistics = listener.statistics();
      assertThat(statistics.events()).isEqualTo(threads * (long) events);
      assertThat(statistics.bytes())
          .isEqualTo(received.stream().mapToLong(ReceivedEvent::length).sum());
      assertThat(statistics.missedEvents()).isZero();
      assertThat(statistics.missedUncounted()).isZero();
      assertThat(statistics.malformedBuffers()).isZero();
      assertThat(statistics.malformedEvents()).isZero();
      assertThat(statistics.foreignEvents()).isZero();
      assertThat(statistics.interruptions()).isZero();
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

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldHandOutEventsOfEachCpuInOrderOfTime(Source source) throws Exception {
    Map<Integer, Long> lastOfCpu = new HashMap<>();
    try (TracepointListener listener = builder(source).open()) {
      ExecutorService pool = Executors.newFixedThreadPool(2);
      Future<Integer> one = pool.submit(writer(0, 500));
      Future<Integer> other = pool.submit(writer(1, 500));
      int events = 0;
      while (events < 1000) {
        events +=
            listener.poll(
                sample -> {
                  Long last = lastOfCpu.put(sample.cpu(), sample.timestampNs());
                  if (last != null) {
                    assertThat(sample.timestampNs()).isGreaterThanOrEqualTo(last);
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

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  @Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void shouldBeWokenByTheKernelForASingleEvent(Source source) throws Exception {
    // Without the kernel, the listener would find the event when it looks for itself.
    long ownLookNs =
        source == Source.PERF
            ? TimeUnit.MILLISECONDS.toNanos(PerfCapture.WATERMARK_WAIT_MS)
            : OnlineCpus.PERIOD_NS;
    try (TracepointListener listener = builder(source).open();
        EventSource writer = new EventSource(eventName, 1)) {
      ExecutorService pool = Executors.newSingleThreadExecutor();
      long shortestNs = Long.MAX_VALUE;
      // The first one may come with a look that was due. Each of the others would come with the
      // look after it. One that nothing has held up is enough.
      for (int i = 0; i < 2 || (shortestNs >= ownLookNs / 2 && i < 200); i++) {
        Future<Long> polled = pool.submit(() -> pollForOne(listener));
        TimeUnit.MILLISECONDS.sleep(ownLookNs / 10_000_000);
        long beforeNs = System.nanoTime();
        assertThat(writer.write()).isZero();
        long afterNs = System.nanoTime();
        long polledNs = polled.get(120, TimeUnit.SECONDS);
        assertThat(receivedTimestampNs).isBetween(beforeNs, afterNs);
        if (i > 0) {
          shortestNs = Math.min(shortestNs, polledNs);
        }
      }
      pool.shutdown();
      assertThat(shortestNs).isLessThan(ownLookNs / 2);
    }
  }

  /** Polls until there is an event, and returns how long that took in ns. */
  private long pollForOne(TracepointListener listener) throws ListenerException {
    long startNs = System.nanoTime();
    assertThat(listener.poll(sample -> receivedTimestampNs = sample.timestampNs(), 100_000))
        .isEqualTo(1);
    return System.nanoTime() - startNs;
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldReceiveLongestEvent(Source source) throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = builder(source).open();
        EventSource writer = new EventSource(eventName, 1)) {
      int longest =
          source == Source.PERF ? EventLayout.MAX_LENGTH_PERF : EventLayout.MAX_LENGTH_FTRACE;
      assertThat(writer.write(new byte[longest])).isZero();
      receive(listener, received, 1);

      assertThat(received.get(0).length()).isEqualTo(longest);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldAccountForEveryEventWhenOverloaded(Source source) throws Exception {
    int written = 5000;
    TracepointListener listener = builder(source).setBufferSizeKb(64).open();
    try (EventSource writer = new EventSource(eventName, 1)) {
      for (int i = 0; i < written; i++) {
        assertThat(writer.write(new byte[100])).isZero();
      }
      listener.detach();
      int received = drain(listener);
      KernelStatistics kernel = listener.kernelStatistics();
      ListenerStatistics statistics = listener.statistics();

      assertThat(received).isBetween(1, written - 1);
      assertThat(received + kernel.lost()).isEqualTo(written);
      if (source == Source.FTRACE) {
        // perf tells of a loss with the event that comes after it, and none does.
        assertThat(statistics.missedEvents() > 0 || statistics.missedUncounted() > 0).isTrue();
      }
      if (statistics.missedUncounted() == 0) {
        assertThat(statistics.missedEvents()).isIn(0L, kernel.lost());
      }
    } finally {
      listener.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldAccountForEveryEventWhenReadingTooSlowly(Source source) throws Exception {
    int written = 6000;
    TracepointListener listener = builder(source).setBufferSizeKb(16).open();
    try {
      ExecutorService pool = Executors.newFixedThreadPool(2);
      Future<Integer> one = pool.submit(writer(0, written / 2));
      Future<Integer> other = pool.submit(writer(1, written / 2));
      long received = 0;
      while (!one.isDone() || !other.isDone()) {
        received += listener.poll(sample -> {}, 1);
        TimeUnit.MILLISECONDS.sleep(5);
      }
      one.get();
      other.get();
      pool.shutdown();
      listener.detach();
      received += drain(listener);

      assertThat(received + listener.kernelStatistics().lost()).isEqualTo(written);
      assertThat(listener.statistics().malformedBuffers()).isZero();
    } finally {
      listener.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldCountWhatIsAbandonedByClosing(Source source) throws Exception {
    TracepointListener listener = builder(source).open();
    try (EventSource writer = new EventSource(eventName, 1)) {
      for (int i = 0; i < 10; i++) {
        assertThat(writer.write()).isZero();
      }
      listener.close();
    }
    assertThat(listener.statistics().abandonedEvents()).isEqualTo(10);
    assertThat(listener.kernelStatistics().unreadEvents()).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldDrainAfterDetaching(Source source) throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = builder(source).open();
        EventSource writer = new EventSource(eventName, 1)) {
      for (int i = 0; i < 100; i++) {
        assertThat(writer.write()).isZero();
      }
      listener.detach();
      // With perf, the event is held until its ring is unmapped.
      assertThat(writer.isEnabled()).isEqualTo(source == Source.PERF);
      writer.write();
      while (listener.poll(EventHandler.copying(received::add), -1) > 0) {
        Thread.onSpinWait();
      }
    }
    assertThat(received).hasSize(100);
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldReceiveFromExportersThatComeAndGo(Source source) throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    EventSource first = new EventSource(eventName, 0);
    try (TracepointListener listener = builder(source).open()) {
      for (int i = 0; i < 5; i++) {
        EventSource writer = i == 0 ? first : new EventSource(eventName, i);
        assertThat(writer.isEnabled()).isTrue();
        assertThat(writer.write()).isZero();
        writer.close();
        receive(listener, received, i + 1);
      }
    }
    assertThat(received).extracting(e -> (int) e.bytes()[0]).containsExactly(0, 1, 2, 3, 4);
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldGiveAllEventsToEachOfTwoListeners(Source source) throws Exception {
    List<ReceivedEvent> one = new ArrayList<>();
    List<ReceivedEvent> other = new ArrayList<>();
    try (TracepointListener second = builder(source).open();
        EventSource writer = new EventSource(eventName, 1)) {
      try (TracepointListener first = builder(source).open()) {
        for (int i = 0; i < 50; i++) {
          assertThat(writer.write()).isZero();
        }
        receive(first, one, 50);
        receive(second, other, 50);
      }
      assertThat(writer.write()).isZero();
      receive(second, other, 51);
    }
    assertThat(described(other.subList(0, 50))).containsExactlyInAnyOrderElementsOf(described(one));
  }

  /** The events without their times, which each listener's buffer takes on its own. */
  private static List<String> described(List<ReceivedEvent> events) {
    return events.stream()
        .map(
            event ->
                event.tracepoint()
                    + " cpu="
                    + event.cpu()
                    + " tid="
                    + event.tid()
                    + " pid="
                    + event.pid()
                    + " "
                    + HexFormat.of().formatHex(event.bytes()))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldEndPollWhenClosedByAnotherThread(Source source) throws Exception {
    TracepointListener listener = builder(source).open();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    Future<Integer> polled = pool.submit(() -> listener.poll(sample -> {}, -1));
    TimeUnit.MILLISECONDS.sleep(50);

    listener.close();

    assertThat(polled.get(300, TimeUnit.SECONDS)).isEqualTo(TracepointListener.CLOSED);
    assertGone(eventName);
    pool.shutdown();
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldBeClosedByItsHandler(Source source) throws Exception {
    TracepointListener listener = builder(source).open();
    try (EventSource writer = new EventSource(eventName, 1)) {
      assertThat(writer.write()).isZero();
      List<Integer> lengths = new ArrayList<>();
      int events =
          listener.poll(
              sample -> {
                listener.close();
                lengths.add(sample.payload().capacity() + sample.payload().getByte(0));
              },
              1000);

      assertThat(events).isEqualTo(1);
      assertThat(lengths).hasSize(1);
      assertThat(listener.poll(sample -> {}, 0)).isEqualTo(TracepointListener.CLOSED);
    }
    assertGone(eventName);
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldEndPollAtOnceWhenItsThreadIsInterruptedAndKeepTheInterrupt(Source source)
      throws Exception {
    try (TracepointListener listener = builder(source).open();
        EventSource writer = new EventSource(eventName, 1)) {
      AtomicBoolean wasInterrupted = new AtomicBoolean();
      FutureTask<Integer> polled =
          new FutureTask<>(
              () -> {
                int events = listener.poll(sample -> {}, -1);
                wasInterrupted.set(Thread.currentThread().isInterrupted());
                // The thread is still interrupted: poll does not wait, but delivers the available
                // events.
                assertThat(listener.poll(sample -> {}, -1)).isZero();
                assertThat(writer.write()).isZero();
                assertThat(listener.poll(sample -> {}, -1)).isEqualTo(1);
                return events;
              });
      Thread thread = new Thread(polled);
      thread.start();
      TimeUnit.MILLISECONDS.sleep(50);

      thread.interrupt();

      assertThat(polled.get(300, TimeUnit.SECONDS)).isZero();
      assertThat(wasInterrupted).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldEndOnePollForEachWakeup(Source source) throws Exception {
    TracepointListener listener = builder(source).open();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    Future<Integer> polled = pool.submit(() -> listener.poll(sample -> {}, -1));
    TimeUnit.MILLISECONDS.sleep(50);

    listener.wakeup();
    assertThat(polled.get(300, TimeUnit.SECONDS)).isZero();
    listener.wakeup();
    assertThat(listener.poll(sample -> {}, -1)).isZero();

    Future<Integer> next = pool.submit(() -> listener.poll(sample -> {}, -1));
    assertThatThrownBy(() -> next.get(1500, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    listener.close();
    assertThat(next.get(300, TimeUnit.SECONDS)).isEqualTo(TracepointListener.CLOSED);
    pool.shutdown();
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldBeClosedByAnInterruptedThreadAndLeaveNoThread(Source source) throws Exception {
    TracepointListener listener = builder(source).open();
    Thread.currentThread().interrupt();
    try {
      listener.close();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertGone(eventName);
    long startNs = System.nanoTime();
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("user-events-registrar"))) {
      assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(60));
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** Counts how often its thread was woken up, and the seconds in which it looks once each. */
  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldWakeUpNoMoreThanItsLooksAtTheCpusNeedWhenIdle(Source source) throws Exception {
    try (TracepointListener listener = builder(source).open()) {
      // The first looks read more: whether CPUs have come since it was opened.
      assertThat(listener.poll(sample -> {}, 3000)).isZero();
      long before = voluntarySwitches();
      long startNs = System.nanoTime();

      assertThat(listener.poll(sample -> {}, IDLE_MS)).isZero();

      long looks = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs) + 1;
      // Some more for the JVM, which may stop the thread for its own ends.
      assertThat(voluntarySwitches() - before).isBetween(1L, 2 * looks + 10);
    }
  }

  private static long voluntarySwitches() throws Exception {
    return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
        .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
        .mapToLong(line -> Long.parseLong(line.split("\\s+", 2)[1]))
        .findFirst()
        .orElseThrow();
  }

  /** While poll waits without bound: each has to end the wait to get at the descriptors. */
  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldAnswerOthersWhilePollWaits(Source source) throws Exception {
    try (TracepointListener listener = builder(source).open();
        EventSource writer = new EventSource(eventName, 1)) {
      ExecutorService pool = Executors.newSingleThreadExecutor();
      List<ReceivedEvent> received = new CopyOnWriteArrayList<>();
      Future<?> polling =
          pool.submit(
              () -> {
                while (listener.poll(EventHandler.copying(received::add), -1) > 0) {
                  Thread.onSpinWait();
                }
                return null;
              });
      for (int i = 0; i < 50; i++) {
        assertThat(writer.write()).isZero();
        assertThat(listener.kernelStatistics().lost()).isZero();
      }
      listener.detach();
      polling.get(300, TimeUnit.SECONDS);
      assertThat(received).hasSize(50);
      pool.shutdown();
    }
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

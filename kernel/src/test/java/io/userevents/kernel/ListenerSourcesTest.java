// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.userevents.affinity.CpuAffinity;
import io.userevents.listener.EventHandler;
import io.userevents.listener.ReceivedEvent;
import io.userevents.listener.Source;
import io.userevents.listener.TracepointListener;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All readers of the tracepoint receive the same bytes. */
@Tag("kernel")
@Tag("arm64")
final class ListenerSourcesTest {

  private static final int WRITERS = 3;

  /** The number of exporters that each writer opens, one after the other. */
  private static final int LIVES = 6;

  private static final int EVENTS_OF_LIFE = 120;
  private static final int LONGEST = 4048;
  private static final int EVENTS_OF_CPU = 20;
  private static final int ROUNDS_OF_A_CPU = 3;

  @AfterEach
  void leaveNoEvent() throws Exception {
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }

  /** Tests under load, with exporters that start and end, and all readers at the same time. */
  @Test
  void shouldReceiveTheSameBytesByPerfAndByFtraceAsPerfRecord() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    List<ReceivedEvent> byPerf = new ArrayList<>();
    List<ReceivedEvent> byFtrace = new ArrayList<>();
    List<byte[]> written = new ArrayList<>();
    List<byte[]> recorded;
    try (TracepointListener perf = open(Source.PERF);
        TracepointListener ftrace = open(Source.FTRACE)) {
      Future<Void> readingPerf = threads.submit(reader(perf, byPerf));
      Future<Void> readingFtrace = threads.submit(reader(ftrace, byFtrace));
      PerfReader record = PerfReader.start();
      List<Future<List<byte[]>>> writing = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        writing.add(threads.submit(writer(writer)));
      }
      for (Future<List<byte[]>> done : writing) {
        written.addAll(done.get());
      }
      recorded = new ArrayList<>(record.end());
      perf.detach();
      ftrace.detach();
      readingPerf.get();
      readingFtrace.get();
      assertThat(perf.kernelStatistics().lost()).isZero();
      assertThat(ftrace.kernelStatistics().lost()).isZero();
      assertThat(perf.kernelStatistics().readEvents()).isEqualTo(written.size());
    }
    threads.shutdown();

    written.sort(Comparator.comparing(ByteBuffer::wrap));
    recorded.sort(Comparator.comparing(ByteBuffer::wrap));
    assertSame(recorded, written);
    assertSame(sorted(byPerf), written);
    assertSame(sorted(byFtrace), written);
    // Both use the same clock and report the thread. perf also reports the process.
    assertThat(tidsOf(byPerf)).isEqualTo(tidsOf(byFtrace)).hasSize(WRITERS);
    assertThat(byPerf)
        .extracting(ReceivedEvent::pid)
        .containsOnly((int) ProcessHandle.current().pid());
    assertThat(byPerf).extracting(ReceivedEvent::cpu).isSubsetOf(0, 1);
    long[] perfTimes = timesOf(byPerf);
    long[] ftraceTimes = timesOf(byFtrace);
    assertThat(perfTimes[0]).isBetween(ftraceTimes[0] - 1_000_000_000L, ftraceTimes[1]);
  }

  /**
   * Switches a CPU off and on while both listen. A perf event stays off when its CPU is back; a
   * trace buffer does not.
   */
  @Test
  void shouldReceiveTheSameEventsWhileACpuGoesOffAndOn() throws Exception {
    requireHotplug();
    List<ReceivedEvent> byPerf = new ArrayList<>();
    List<ReceivedEvent> byFtrace = new ArrayList<>();
    List<byte[]> written = new ArrayList<>();
    try (TracepointListener perf = open(Source.PERF);
        TracepointListener ftrace = open(Source.FTRACE)) {
      for (int round = 0; round < ROUNDS_OF_A_CPU; round++) {
        writeOn(1, written);
        setOnline(1, false);
        writeOn(0, written);
        receive(perf, byPerf, written.size());
        receive(ftrace, byFtrace, written.size());
        setOnline(1, true);
        int interruptions = round + 1;
        await(perf, byPerf, () -> perf.statistics().interruptions() == interruptions);
        awaitLook(perf, byPerf);
      }
      writeOn(1, written);
      receive(perf, byPerf, written.size());
      receive(ftrace, byFtrace, written.size());

      assertThat(perf.kernelStatistics().lost()).isZero();
      assertThat(ftrace.kernelStatistics().lost()).isZero();
      assertThat(perf.kernelStatistics().unreadEvents()).isZero();
      assertThat(ftrace.statistics().interruptions()).isZero();
    } finally {
      setOnline(1, true);
    }
    written.sort(Comparator.comparing(ByteBuffer::wrap));
    assertSame(sorted(byPerf), written);
    assertSame(sorted(byFtrace), written);
  }

  /**
   * One CPU writes continuously while another CPU goes off and on. perf loses the events of a CPU
   * that has just come back until the listener checks, so these events cannot be compared.
   */
  @Test
  void shouldReceiveTheSameEventsUnderLoadWhileAnotherCpuGoesOffAndOn() throws Exception {
    requireHotplug();
    ExecutorService threads = Executors.newCachedThreadPool();
    AtomicBoolean isEnd = new AtomicBoolean();
    List<ReceivedEvent> byPerf = new ArrayList<>();
    List<ReceivedEvent> byFtrace = new ArrayList<>();
    List<byte[]> written;
    List<byte[]> recorded;
    try (TracepointListener perf = open(Source.PERF);
        TracepointListener ftrace = open(Source.FTRACE)) {
      Future<Void> readingPerf = threads.submit(reader(perf, byPerf));
      Future<Void> readingFtrace = threads.submit(reader(ftrace, byFtrace));
      PerfReader record = PerfReader.start();
      Future<List<byte[]>> writing = threads.submit(() -> writeOnFirstCpuUntil(isEnd));
      for (int round = 0; round < ROUNDS_OF_A_CPU; round++) {
        setOnline(1, false);
        TimeUnit.MILLISECONDS.sleep(300);
        setOnline(1, true);
        TimeUnit.MILLISECONDS.sleep(300);
      }
      isEnd.set(true);
      written = new ArrayList<>(writing.get());
      recorded = new ArrayList<>(record.end());
      perf.detach();
      ftrace.detach();
      readingPerf.get();
      readingFtrace.get();
      assertThat(perf.kernelStatistics().lost()).isZero();
      assertThat(ftrace.kernelStatistics().lost()).isZero();
    } finally {
      isEnd.set(true);
      setOnline(1, true);
      threads.shutdown();
    }
    assertThat(written).hasSizeGreaterThan(EVENTS_OF_CPU);
    written.sort(Comparator.comparing(ByteBuffer::wrap));
    recorded.sort(Comparator.comparing(ByteBuffer::wrap));
    assertSame(recorded, written);
    assertSame(sorted(byPerf), written);
    assertSame(sorted(byFtrace), written);
  }

  private static List<byte[]> writeOnFirstCpuUntil(AtomicBoolean isEnd) throws Exception {
    CpuAffinity.pinCurrentThread(0);
    List<byte[]> written = new ArrayList<>();
    Random random = new Random(1);
    try (TestEvents events = new TestEvents()) {
      while (!isEnd.get()) {
        byte[] payload = new byte[Integer.BYTES + random.nextInt(200)];
        random.nextBytes(payload);
        ByteBuffer.wrap(payload).putInt(written.size());
        assertThat(events.write(payload)).isZero();
        written.add(payload);
        // A ring of 8 MiB has room for all of these events.
        LockSupport.parkNanos(100_000);
      }
    }
    return written;
  }

  private static void requireHotplug() {
    boolean hasHotplug = Files.exists(online(1));
    if (!hasHotplug) {
      System.out.println("test of CPUs that go off skipped: this kernel cannot switch them off");
    }
    assumeTrue(hasHotplug, "CONFIG_HOTPLUG_CPU is not set");
  }

  private static void writeOn(int cpu, List<byte[]> written) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<?> done =
        thread.submit(
            () -> {
              CpuAffinity.pinCurrentThread(cpu);
              try (TestEvents events = new TestEvents()) {
                for (int i = 0; i < EVENTS_OF_CPU; i++) {
                  byte[] payload =
                      ByteBuffer.allocate(8).putInt(cpu).putInt(written.size()).array();
                  assertThat(events.write(payload)).isZero();
                  written.add(payload);
                }
              }
              return null;
            });
    done.get();
    thread.shutdown();
  }

  private static Path online(int cpu) {
    return Path.of("/sys/devices/system/cpu/cpu" + cpu + "/online");
  }

  private static void setOnline(int cpu, boolean isOnline) throws Exception {
    Path file = online(cpu);
    String value = isOnline ? "1" : "0";
    if (!Files.readString(file).strip().equals(value)) {
      Files.writeString(file, value);
    }
  }

  private static void receive(TracepointListener listener, List<ReceivedEvent> into, int events)
      throws Exception {
    await(listener, into, () -> into.size() >= events);
  }

  private static void await(
      TracepointListener listener, List<ReceivedEvent> into, BooleanSupplier condition)
      throws Exception {
    long startNs = System.nanoTime();
    while (!condition.getAsBoolean()) {
      listener.poll(EventHandler.copying(into::add), 100);
      assertThat(System.nanoTime() - startNs)
          .as("received %d: %s", into.size(), listener.statistics())
          .isLessThan(TimeUnit.SECONDS.toNanos(60));
    }
  }

  /**
   * The listener checks once a second, in a poll, whether CPUs have come online. The poll that
   * finds a CPU switched off may only close it.
   */
  private static void awaitLook(TracepointListener listener, List<ReceivedEvent> into)
      throws Exception {
    for (int i = 0; i < 2; i++) {
      TimeUnit.MILLISECONDS.sleep(1100);
      listener.poll(EventHandler.copying(into::add), 0);
    }
  }

  /** Writes as the exporter whose tracepoint has no fields: a length, followed by the bytes. */
  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldReceiveEventsOfTheCppExporter(Source source) throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    String name = "otlp_cpp_" + source.name().toLowerCase(Locale.ROOT);
    try (ForeignEvent exporter = new ForeignEvent(name);
        TracepointListener listener = TracepointListener.builder(name).setSource(source).open()) {
      for (int length = 0; length < 20; length++) {
        byte[] data = new byte[Integer.BYTES + length];
        data[0] = (byte) length;
        for (int i = 0; i < length; i++) {
          data[Integer.BYTES + i] = (byte) (length + i);
        }
        assertThat(exporter.write(data)).isZero();
      }
      receive(listener, received, 20);
      assertThat(listener.statistics().malformedEvents()).isZero();
    }
    received.sort(Comparator.comparingInt(event -> event.bytes().length));
    for (int length = 0; length < 20; length++) {
      assertThat(received.get(length).bytes()).hasSize(length);
      if (length > 0) {
        assertThat(received.get(length).bytes()[length - 1]).isEqualTo((byte) (2 * length - 1));
      }
    }
  }

  private static TracepointListener open(Source source) throws Exception {
    return TracepointListener.builder(Tracing.EVENT).setSource(source).setBufferSizeKb(8192).open();
  }

  private static Callable<Void> reader(TracepointListener listener, List<ReceivedEvent> into) {
    EventHandler handler = EventHandler.copying(into::add);
    return () -> {
      int events;
      do {
        events = listener.poll(handler, -1);
      } while (events > 0);
      return null;
    };
  }

  private static Callable<List<byte[]>> writer(int writer) {
    return () -> {
      Random random = new Random(writer);
      List<byte[]> written = new ArrayList<>();
      for (int life = 0; life < LIVES; life++) {
        try (TestEvents events = new TestEvents()) {
          for (int i = 0; i < EVENTS_OF_LIFE; i++) {
            byte[] payload = new byte[random.nextInt(random.nextInt(10) == 0 ? LONGEST : 300)];
            random.nextBytes(payload);
            assertThat(events.write(payload)).isZero();
            written.add(payload);
          }
        }
      }
      return written;
    };
  }

  private static List<byte[]> sorted(List<ReceivedEvent> events) {
    return events.stream()
        .map(ReceivedEvent::bytes)
        .sorted(Comparator.comparing(ByteBuffer::wrap))
        .toList();
  }

  private static List<Integer> tidsOf(List<ReceivedEvent> events) {
    return events.stream().map(ReceivedEvent::tid).distinct().sorted().toList();
  }

  private static long[] timesOf(List<ReceivedEvent> events) {
    return new long[] {
      events.stream().mapToLong(ReceivedEvent::timestampNs).min().orElseThrow(),
      events.stream().mapToLong(ReceivedEvent::timestampNs).max().orElseThrow()
    };
  }

  private static void assertSame(List<byte[]> received, List<byte[]> written) {
    assertThat(received).hasSameSizeAs(written);
    for (int i = 0; i < written.size(); i++) {
      assertThat(received.get(i)).isEqualTo(written.get(i));
    }
  }
}

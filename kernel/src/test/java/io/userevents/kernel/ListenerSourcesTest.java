// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.listener.EventHandler;
import io.userevents.listener.ReceivedEvent;
import io.userevents.listener.Source;
import io.userevents.listener.TracepointListener;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever reads the tracepoint gets the same bytes. */
@Tag("kernel")
final class ListenerSourcesTest {

  private static final int WRITERS = 3;

  /** Exporters that each writer is, one after the other. */
  private static final int LIVES = 6;

  private static final int EVENTS_OF_LIFE = 120;
  private static final int LONGEST = 4048;

  @AfterEach
  void leaveNoEvent() throws Exception {
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }

  /** Under load, with exporters that come and go, and all readers at once. */
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
    // Both by the same clock, and each tells the thread; perf the process as well.
    assertThat(tidsOf(byPerf)).isEqualTo(tidsOf(byFtrace)).hasSize(WRITERS);
    assertThat(byPerf)
        .extracting(ReceivedEvent::pid)
        .containsOnly((int) ProcessHandle.current().pid());
    assertThat(byPerf).extracting(ReceivedEvent::cpu).isSubsetOf(0, 1);
    long[] perfTimes = timesOf(byPerf);
    long[] ftraceTimes = timesOf(byFtrace);
    assertThat(perfTimes[0]).isBetween(ftraceTimes[0] - 1_000_000_000L, ftraceTimes[1]);
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

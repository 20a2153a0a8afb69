// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.affinity.CpuAffinity;
import io.userevents.tracepoint.Tracefs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of perf alone, against the running kernel. */
@Tag("kernel")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PerfListenerKernelTest extends KernelListening {

  private static final Path CPUS = Path.of("/sys/devices/system/cpu");

  @Test
  void shouldCountALossExactlyAlthoughNoEventFollows() throws Exception {
    int written = 3000;
    try (TracepointListener listener = perf().setBufferSizeKb(16).open();
        EventSource source = new EventSource(eventName, 1)) {
      for (int i = 0; i < written; i++) {
        assertThat(source.write(new byte[1000])).isZero();
      }
      KernelStatistics before = listener.kernelStatistics();
      assertThat(before.lost()).isPositive();
      assertThat(before.readEvents()).isZero();
      assertThat(before.unreadEvents() + before.lost()).isEqualTo(written);

      int received = drain(listener);

      assertThat(received).isEqualTo(before.unreadEvents());
      assertThat(listener.statistics().missedEvents()).isZero();
      assertThat(listener.kernelStatistics().lost()).isEqualTo(before.lost());
    }
  }

  @Test
  void shouldTellOfALossWithTheEventThatFollows() throws Exception {
    CpuAffinity.pinCurrentThread(0);
    try (TracepointListener listener = perf().setBufferSizeKb(16).open();
        EventSource source = new EventSource(eventName, 1)) {
      for (int i = 0; i < 100; i++) {
        assertThat(source.write(new byte[1000])).isZero();
      }
      drain(listener);
      assertThat(source.write(new byte[1000])).isZero();
      drain(listener);

      assertThat(listener.statistics().missedEvents())
          .isEqualTo(listener.kernelStatistics().lost())
          .isPositive();
      assertThat(listener.statistics().events() + listener.statistics().missedEvents())
          .isEqualTo(101);
    }
  }

  @Test
  void shouldReceiveSeveralTracepointsInTheOrderOfEachCpu() throws Exception {
    CpuAffinity.pinCurrentThread(1);
    String other = eventName + "_b";
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener =
            TracepointListener.builder(eventName, other).setSource(Source.PERF).open();
        EventSource one = new EventSource(eventName, 1);
        EventSource two = new EventSource(other, 2)) {
      for (int i = 0; i < 50; i++) {
        assertThat(one.write()).isZero();
        assertThat(two.write()).isZero();
      }
      receive(listener, received, 100);
      assertThat(listener.kernelStatistics().readEvents()).isEqualTo(100);
    }
    for (int i = 0; i < 100; i++) {
      ReceivedEvent event = received.get(i);
      boolean isFirst = i % 2 == 0;
      assertThat(event.tracepoint()).isEqualTo(isFirst ? eventName : other);
      assertThat(event.bytes()).isEqualTo(EventSource.payload(isFirst ? 1 : 2, i / 2));
      assertThat(event.cpu()).isEqualTo(1);
      assertThat(event.pid()).isEqualTo(ProcessHandle.current().pid());
    }
    assertGone(other);
  }

  @Test
  void shouldRecordAgainOnACpuThatWasOffline() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = perf().open()) {
      writeOn(1, 0, 10);
      receive(listener, received, 10);
      // Read only after the CPU is gone.
      writeOn(1, 10, 10);
      setOnline(1, false);
      writeOn(0, 20, 10);
      receive(listener, received, 30);
      setOnline(1, true);
      awaitInterruption(listener);

      writeOn(1, 30, 10);
      receive(listener, received, 40);

      assertThat(listener.kernelStatistics().readEvents()).isEqualTo(40);
      assertThat(listener.kernelStatistics().lost()).isZero();
      assertThat(listener.kernelStatistics().unreadEvents()).isZero();
    } finally {
      setOnline(1, true);
    }
    received.sort(Comparator.comparingLong(ReceivedEvent::timestampNs));
    for (int i = 0; i < 40; i++) {
      assertThat(received.get(i).bytes()).isEqualTo(EventSource.payload(7, i));
      assertThat(received.get(i).cpu()).isEqualTo(i / 10 == 2 ? 0 : 1);
    }
  }

  /** Between two looks of the listener, so that the list of CPUs is the same in both. */
  @Test
  void shouldNoticeACpuThatWasOfflineForAMoment() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = perf().open()) {
      assertThat(listener.poll(EventHandler.copying(received::add), 0)).isZero();
      setOnline(1, false);
      setOnline(1, true);
      awaitInterruption(listener);

      writeOn(1, 0, 10);
      receive(listener, received, 10);
    }
    assertThat(received).hasSize(10);
  }

  @Test
  void shouldListenToACpuThatComesOnlineLater() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    setOnline(1, false);
    try (TracepointListener listener = perf().open()) {
      writeOn(0, 0, 5);
      receive(listener, received, 5);
      setOnline(1, true);
      long startNs = System.nanoTime();
      while (received.size() == 5) {
        writeOn(1, 5, 1);
        listener.poll(EventHandler.copying(received::add), 100);
        assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(60));
      }
    } finally {
      setOnline(1, true);
    }
    assertThat(received.get(5).cpu()).isEqualTo(1);
  }

  @Test
  void shouldKeepTheNewestEventsForASnapshot() throws Exception {
    int ringBytes = 64 * 1024;
    List<ReceivedEvent> first = new ArrayList<>();
    List<ReceivedEvent> second = new ArrayList<>();
    try (TracepointListener listener = perf().setBufferSizeKb(64).setSnapshot(true).open()) {
      assertThat(listener.snapshot(sample -> {})).isZero();
      writeOn(0, 0, 7);
      assertThat(listener.snapshot(EventHandler.copying(first::add))).isEqualTo(7);
      first.clear();
      writeOn(0, 7, 300);
      writeOn(1, 0, 3);
      listener.snapshot(EventHandler.copying(first::add));
      writeOn(0, 307, 5);
      listener.snapshot(EventHandler.copying(second::add));

      assertThat(listener.kernelStatistics().lost()).isZero();
      assertThat(listener.statistics().malformedBuffers()).isZero();
      assertThat(listener.statistics().malformedEvents()).isZero();
      assertThatThrownBy(() -> listener.poll(sample -> {}, 0))
          .isInstanceOf(IllegalStateException.class);
    }
    assertNewest(first, 307, ringBytes);
    assertNewest(second, 312, ringBytes);
  }

  /** All of CPU 0 up to the last, without gaps, as many as the ring has room for; 3 of CPU 1. */
  private static void assertNewest(List<ReceivedEvent> received, int written, int ringBytes) {
    List<ReceivedEvent> onFirst = received.stream().filter(event -> event.cpu() == 0).toList();
    int bytes = 0;
    for (int i = 0; i < onFirst.size(); i++) {
      byte[] expected = EventSource.payload(7, written - onFirst.size() + i);
      assertThat(onFirst.get(i).bytes()).isEqualTo(expected);
      bytes += expected.length;
    }
    assertThat(bytes).isBetween(ringBytes / 2, ringBytes);
    assertThat(received.stream().filter(event -> event.cpu() == 1)).hasSize(3);
  }

  @Test
  void shouldReceiveALoneEventThatIsFarBelowTheWatermark() throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (TracepointListener listener = perf().setWakeupBytes(1 << 20).open();
        EventSource source = new EventSource(eventName, 1)) {
      assertThat(source.write()).isZero();
      receive(listener, received, 1);
      assertThat(source.write()).isZero();
      receive(listener, received, 2);
    }
    assertThat(received.get(1).bytes()).isEqualTo(EventSource.payload(1, 1));
  }

  @Test
  void shouldLeaveNothingInTracefsAndDetachWhenItsProcessIsKilled() throws Exception {
    Process program = start(eventName, Source.PERF.name());
    assertThat(lineOf(program)).isEqualTo("PERF");
    try (EventSource source = new EventSource(eventName, 1)) {
      assertThat(source.isEnabled()).isTrue();

      kill("KILL", program);

      long startNs = System.nanoTime();
      while (source.isEnabled()) {
        assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(60));
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
    assertGone(eventName);
  }

  @Test
  void shouldRefuseAnEventOfAnotherLayoutAndShowIt() throws Exception {
    Path tracefs = Tracefs.find().orElseThrow();
    Path dynamicEvents = tracefs.resolve("dynamic_events");
    Files.writeString(
        dynamicEvents, "u:" + eventName + " u32 price; u32 size", StandardOpenOption.APPEND);
    assertThat(tracefs.resolve("events/user_events").resolve(eventName)).isDirectory();

    assertThatThrownBy(() -> perf().open())
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("u32 price")
        .hasMessageContaining("another program has registered the name");
  }

  /** So that no event of this form can be there: the kernel knows no type {@code u8[]}. */
  @Test
  void shouldKnowThatTheKernelRefusesADeclarationWithRelLocAsAField() {
    Path dynamicEvents = Tracefs.find().orElseThrow().resolve("dynamic_events");
    assertThatThrownBy(
            () ->
                Files.writeString(
                    dynamicEvents,
                    "u:" + eventName + " u32 protocol;char[8] version;u8 __rel_loc; u8[] buffer;\n",
                    StandardOpenOption.APPEND))
        .hasMessageContaining("Invalid argument");
  }

  private TracepointListenerBuilder perf() {
    return builder(Source.PERF);
  }

  /** Until the listener has seen that it was switched off on a CPU, and has reopened it. */
  private static void awaitInterruption(TracepointListener listener) throws Exception {
    long startNs = System.nanoTime();
    while (listener.statistics().interruptions() == 0) {
      listener.poll(sample -> {}, 100);
      assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(60));
    }
    // The poll that found the CPU offline has closed its events. This poll opens them again.
    listener.poll(sample -> {}, 0);
  }

  private void writeOn(int cpu, int first, int count) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<?> written =
        thread.submit(
            () -> {
              CpuAffinity.pinCurrentThread(cpu);
              try (EventSource source = new EventSource(eventName, 7)) {
                for (int i = 0; i < count; i++) {
                  assertThat(source.write(EventSource.payload(7, first + i))).isZero();
                }
              }
              return null;
            });
    written.get();
    thread.shutdown();
  }

  private static void setOnline(int cpu, boolean isOnline) throws Exception {
    Path file = CPUS.resolve("cpu" + cpu).resolve("online");
    String value = isOnline ? "1" : "0";
    if (!Files.readString(file).strip().equals(value)) {
      Files.writeString(file, value);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.affinity.CpuAffinity;
import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.listener.EventHandler;
import io.userevents.listener.ReceivedEvent;
import io.userevents.listener.Source;
import io.userevents.listener.TracepointListener;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.KernelTracepoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests everything that depends on the processor, its page length and the facility that makes
 * system calls: the numbers of the calls, the layouts of their arguments, the memory that the
 * kernel shares, the limits of an event. {@link Arm64Tests} starts it once for each facility.
 */
@Tag("arm64")
final class ProcessorTest {

  /** The machine that {@link Arm64Tests} requested. */
  static final String ARCHITECTURE = "userevents.machine.arch";

  static final String PAGE_LENGTH = "userevents.machine.page";
  static final String FACILITY = "userevents.machine.facility";

  private static final AttributeKey<Long> NUMBER = AttributeKey.longKey("number");
  private static final int SERIES = 200;

  @RegisterExtension final Exporters exporters = new Exporters();

  @AfterEach
  void leaveNoEvent() throws Exception {
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }

  @Test
  void shouldBeOnTheMachineThatWasAskedFor() {
    Syscalls syscalls = Syscalls.ofThisMachine();

    assertThat(System.getProperty("os.arch")).isEqualTo(System.getProperty(ARCHITECTURE));
    assertThat(syscalls.getpagesize()).isEqualTo(Integer.getInteger(PAGE_LENGTH));
    assertThat(syscalls.facility()).isEqualTo(System.getProperty(FACILITY));
  }

  @Test
  void shouldPinAThreadToEachCpuAndLetItGo() throws Exception {
    assertThat(CpuAffinity.allowedCpus()).hasToString("0-1");
    try {
      for (String cpu : List.of("0", "1")) {
        CpuAffinity.pinCurrentThread(Integer.parseInt(cpu));
        assertThat(cpusOfThisThread()).isEqualTo(cpu);
      }
    } finally {
      CpuAffinity.leavePinnedCpu();
    }
    assertThat(cpusOfThisThread()).isEqualTo("0-1");
  }

  private static String cpusOfThisThread() throws IOException {
    return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
        .filter(line -> line.startsWith("Cpus_allowed_list:"))
        .map(line -> line.split("\\s+", -1)[1])
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldReceiveWhatTheSdkHasExported(Source source) throws Exception {
    List<byte[]> received;
    try (TracepointListener listener = open(source);
        SdkMeterProvider provider = TestSdk.create(exporters.create())) {
      LongCounter counter = provider.get("processor").counterBuilder("requests").build();
      for (long series = 0; series < SERIES; series++) {
        counter.add(series * series, Attributes.of(NUMBER, series));
      }
      TestSdk.flush(provider);
      received = drain(listener);
    }

    List<NumberDataPoint> points = new ArrayList<>();
    for (Metric metric : Received.metrics(received)) {
      assertThat(metric.getName()).isEqualTo("requests");
      points.addAll(metric.getSum().getDataPointsList());
    }
    assertThat(received.size()).as("records, so that an event can be lost").isGreaterThan(1);
    assertThat(points)
        .hasSize(SERIES)
        .allSatisfy(
            point -> {
              long series = point.getAttributes(0).getValue().getIntValue();
              assertThat(point.getAsInt()).isEqualTo(series * series);
            });
    assertThat(points)
        .extracting(point -> point.getAttributes(0).getValue())
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldReceiveTheLongestEventAndNoneThatIsLonger(Source source) throws Exception {
    int limit =
        source == Source.PERF ? EventLayout.MAX_LENGTH_PERF : EventLayout.maxLengthFtraceHere();
    List<byte[]> received;
    try (TracepointListener listener = open(source)) {
      write(limit, limit + 1, EventLayout.MAX_LENGTH, 1);
      received = drain(listener);
    }

    assertThat(received).hasSize(2);
    assertThat(received.get(0)).isEqualTo(payload(limit));
    assertThat(received.get(1)).isEqualTo(payload(1));
  }

  @ParameterizedTest
  @EnumSource(names = {"PERF", "FTRACE"})
  void shouldSeeWhetherSomebodyRecords(Source source) throws Exception {
    KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT);
    try {
      tracepoint.register();
      assertThat(tracepoint.isEnabled()).isFalse();
      assertThat(tracepoint.isRecording()).isFalse();
      try (TracepointListener listener = open(source)) {
        assertThat(tracepoint.isEnabled()).isTrue();
        assertThat(tracepoint.isRecording()).isTrue();
        assertThat(drain(listener)).as("events that were only asked").isEmpty();
      }
      Tracing.await("detachment", () -> !tracepoint.isEnabled());
      assertThat(tracepoint.isRecording()).isFalse();
      assertThat(tracepoint.isRegistered()).isTrue();
    } finally {
      tracepoint.close();
    }
  }

  private static TracepointListener open(Source source) throws Exception {
    return TracepointListener.builder(Tracing.EVENT).setSource(source).setBufferSizeKb(2048).open();
  }

  /** Detaches, and returns the buffers of all events; fails if any was lost. */
  private static List<byte[]> drain(TracepointListener listener) throws Exception {
    listener.detach();
    assertThat(listener.kernelStatistics().lost()).isZero();
    List<ReceivedEvent> events = new ArrayList<>();
    EventHandler handler = EventHandler.copying(events::add);
    while (listener.poll(handler, 0) > 0) {
      // Until nothing is left.
    }
    assertThat(listener.statistics().missedEvents()).isZero();
    assertThat(listener.statistics().missedUncounted()).isZero();
    assertThat(listener.statistics().malformedBuffers()).isZero();
    assertThat(listener.statistics().malformedEvents()).isZero();
    assertThat(events)
        .extracting(ReceivedEvent::cpu)
        .isSubsetOf(
            IntStream.range(0, Runtime.getRuntime().availableProcessors()).boxed().toList());
    return events.stream()
        .sorted(Comparator.comparingLong(ReceivedEvent::timestampNs))
        .map(ReceivedEvent::bytes)
        .toList();
  }

  private static void write(int... lengths) throws Exception {
    NativeRegion memory = NativeRegion.allocate(EventLayout.MAX_LENGTH, 64);
    EventVector event = new EventVector(1, EventLayout.MAX_LENGTH);
    memory.buffer().putBytes(0, payload(EventLayout.MAX_LENGTH));
    KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT);
    try {
      tracepoint.register();
      for (int length : lengths) {
        event.clear();
        event.add(memory.buffer(), 0, length);
        assertThat(tracepoint.write(event)).as("result of writing %s bytes", length).isZero();
      }
    } finally {
      tracepoint.close();
      event.free();
      memory.free();
    }
  }

  private static byte[] payload(int length) {
    byte[] payload = new byte[length];
    for (int i = 0; i < length; i++) {
      payload[i] = (byte) (i % 251);
    }
    return payload;
  }
}

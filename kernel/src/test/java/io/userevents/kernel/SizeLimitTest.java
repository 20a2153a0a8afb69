// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.KernelTracepoint;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The limits in {@link EventLayout} are those of the kernel: an event with one byte more is lost
 * silently.
 */
@Tag("kernel")
@Tag("arm64")
final class SizeLimitTest {

  private final KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT);
  private final NativeRegion memory = NativeRegion.allocate(EventLayout.MAX_LENGTH, 64);

  @BeforeEach
  void register() throws Exception {
    tracepoint.register();
    for (int i = 0; i < memory.length(); i++) {
      // The bytes cannot be text, because trace-cmd would print them as text.
      memory.buffer().putByte(i, (byte) (i | 0x80));
    }
  }

  @AfterEach
  void close() {
    tracepoint.close();
    memory.free();
  }

  @Test
  void perfShouldDeliverUpToItsLimitAndLoseMoreWithoutAnError() throws Exception {
    PerfReader perf = PerfReader.start();
    writeEach(4049, 8167, EventLayout.MAX_LENGTH_PERF, 8169, 8170, 16_000, 100);
    assertThat(lengths(perf.end())).containsExactly(4049, 8167, EventLayout.MAX_LENGTH_PERF, 100);
  }

  @Test
  void ftraceShouldDeliverUpToItsLimitAndLoseMoreWithoutAnError() throws Exception {
    int limit = EventLayout.maxLengthFtraceHere();
    FtraceReader ftrace = FtraceReader.start();
    writeEach(limit - 1, limit, limit + 1, limit + 2, limit + 3, limit + 4, limit + 5);
    writeEach(EventLayout.MAX_LENGTH, 100);
    assertThat(lengths(ftrace.end())).containsExactly(limit - 1, limit, 100);
  }

  private void writeEach(int... lengths) {
    EventVector event = new EventVector(1, EventLayout.MAX_LENGTH);
    for (int length : lengths) {
      event.clear();
      event.add(memory.buffer(), 0, length);
      assertThat(tracepoint.write(event)).as("result of writing %s bytes", length).isZero();
    }
    event.free();
  }

  private static List<Integer> lengths(List<byte[]> buffers) {
    return buffers.stream().map(buffer -> buffer.length).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.MappedFile;
import io.userevents.internal.perf.PerfRecord;
import io.userevents.internal.perf.PerfRingLayout;
import io.userevents.internal.perf.PerfSample;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the cost of an event to the reader of a perf ring, from the head that the kernel has
 * moved to the tail that says that the event was read. The memory has the kernel's layout, and the
 * last event of each pass crosses the end of the ring. The handler reads 8 bytes of each event.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls the setup first.
public class RingReadBenchmark {

  private static final int EVENTS = 200;
  private static final int RING_LENGTH = 1 << 20;
  private static final EventFormat FORMAT =
      new EventFormat("otlp_metrics", 1500, 0, 4, 8, 20, 24, 24, "");

  @Param({"200", "4000"})
  public int payloadLength;

  private MappedFile memory;
  private PerfRing ring;
  private RingReader reader;
  private long start;
  private long end;
  private long sum;
  private final EventHandler handler = sample -> sum += sample.payload().getLong(0);

  @Setup
  public void fill() {
    Syscalls calls = Syscalls.ofThisMachine();
    int page = MappedFile.pageLength();
    int protection = Syscalls.PROT_READ | Syscalls.PROT_WRITE;
    int flags = Syscalls.MAP_PRIVATE | Syscalls.MAP_ANONYMOUS;
    long address = calls.mmap(0, page + RING_LENGTH, protection, flags, -1, 0);
    memory = MappedFile.of(calls, address, page + RING_LENGTH);
    ring = new PerfRing(memory, page);
    reader = new RingReader(new EventDecoder(List.of(FORMAT)), new Tally());
    UnsafeBuffer sample = sample();
    start = RING_LENGTH - (long) sample.capacity() * EVENTS + BitUtil.align(payloadLength / 2, 8);
    end = start + (long) sample.capacity() * EVENTS;
    for (long position = start; position < end; position += Long.BYTES) {
      int place = page + (int) (position & (RING_LENGTH - 1));
      memory
          .buffer()
          .putLong(place, sample.getLong((int) ((position - start) % sample.capacity())));
    }
  }

  private UnsafeBuffer sample() {
    int data = FORMAT.fixedLength() + payloadLength;
    int raw = BitUtil.align(data + Integer.BYTES, Long.BYTES) - Integer.BYTES;
    UnsafeBuffer sample = new UnsafeBuffer(new byte[PerfSample.RAW_OFFSET + raw]);
    sample.putInt(0, PerfRecord.SAMPLE);
    sample.putShort(6, (short) sample.capacity());
    sample.putLong(PerfSample.TIME_OFFSET, System.nanoTime());
    sample.putInt(PerfSample.RAW_SIZE_OFFSET, raw);
    sample.putShort(PerfSample.RAW_OFFSET, (short) FORMAT.id());
    sample.putInt(PerfSample.RAW_OFFSET + FORMAT.locOffset(), payloadLength << 16);
    return sample;
  }

  @TearDown
  public void unmap() {
    ring.unmap();
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public long read() {
    ring.free(start);
    memory.buffer().putLongOrdered(PerfRingLayout.HEAD_OFFSET, end);
    int delivered = reader.deliver(ring, 0, handler);
    if (delivered != EVENTS) {
      throw new IllegalStateException("delivered=" + delivered);
    }
    return sum;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import io.userevents.internal.memory.NativeRegion;
import io.userevents.tracepoint.DevNullTracepoint;
import io.userevents.tracepoint.EventVector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Compares layouts of the ring's memory, about 4 MiB each, in bare rings without the pipeline
 * around them. Records are copied in, gathered and written to {@code /dev/null}.
 *
 * <ul>
 *   <li>{@code FIXED_4096}: 1,024 slots, one record each, at the distance of a page.
 *   <li>{@code FIXED_4160}: the same, a cache line further apart.
 *   <li>{@code BLOCKS_64} to {@code BLOCKS_512}: blocks of that many bytes; a record claims as many
 *       as it needs, and one that crosses the end of the memory is written in two parts.
 * </ul>
 *
 * <p>An operation is one record in the ring, without a pause between operations, so the figure is
 * the pace of the slower side.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the setup first.
public class SlotLayoutBenchmark {

  private static final int MAX_RECORD_LENGTH = 4048;

  /** A division of the memory. */
  public enum Layout {
    FIXED_4096(4096, 4096),
    FIXED_4160(4160, 4096),
    BLOCKS_64(64, 64),
    BLOCKS_128(128, 128),
    BLOCKS_256(256, 256),
    BLOCKS_512(512, 512);

    final int stride;
    final int blockLength;

    Layout(int stride, int blockLength) {
      this.stride = stride;
      this.blockLength = blockLength;
    }
  }

  /** An entry of the ring; in a record's later blocks the length is 0. */
  static final class Entry {
    final int offset;
    int length;

    Entry(int offset) {
      this.offset = offset;
    }
  }

  @Param public Layout layout;

  /** The memory of the ring in KiB. */
  @Param({"256", "1024", "4096"})
  public int memory;

  @Param({"100", "200", "1000", "4000"})
  public int recordLength;

  private NativeRegion region;
  private RingBuffer<Entry> ring;
  private BatchEventProcessor<Entry> processor;
  private Thread thread;
  private Consumer consumer;

  @Setup
  public void start() {
    int slots = memory * 1024 / layout.blockLength;
    region = NativeRegion.allocate(layout.stride * slots, 4096);
    AtomicInteger next = new AtomicInteger();
    ring =
        RingBuffer.createMultiProducer(
            () -> new Entry(next.getAndIncrement() * layout.stride),
            slots,
            new BusySpinWaitStrategy());
    consumer = new Consumer(region.buffer());
    processor =
        new BatchEventProcessorBuilder()
            .setMaxBatchSize(slots / 4)
            .build(ring, ring.newBarrier(), consumer);
    ring.addGatingSequences(processor.getSequence());
    thread = new Thread(processor);
    thread.start();
  }

  @TearDown
  public void stop() throws InterruptedException {
    processor.halt();
    thread.join();
    consumer.tracepoint.close();
    if (consumer.failed != 0) {
      throw new IllegalStateException("writes failed: " + consumer.failed);
    }
  }

  /** The record that a thread publishes. */
  @State(Scope.Thread)
  public static class ThreadRecord {
    final UnsafeBuffer buffer = new UnsafeBuffer(new byte[MAX_RECORD_LENGTH]);
  }

  @Benchmark
  public void publish(ThreadRecord record) {
    while (!tryPublish(record.buffer, recordLength)) {
      Thread.onSpinWait();
    }
  }

  private boolean tryPublish(DirectBuffer record, int length) {
    int blocks = (length + layout.blockLength - 1) / layout.blockLength;
    if (!ring.hasAvailableCapacity(blocks)) {
      return false;
    }
    long last;
    try {
      last = ring.tryNext(blocks);
    } catch (InsufficientCapacityException e) {
      return false;
    }
    long first = last - blocks + 1;
    Entry entry = ring.get(first);
    int atEnd = Math.min(length, region.length() - entry.offset);
    region.buffer().putBytes(entry.offset, record, 0, atEnd);
    if (atEnd < length) {
      region.buffer().putBytes(0, record, atEnd, length - atEnd);
    }
    entry.length = length;
    for (long sequence = first + 1; sequence <= last; sequence++) {
      ring.get(sequence).length = 0;
    }
    ring.publish(first, last);
    return true;
  }

  /** Gathers records and writes them. */
  static final class Consumer implements EventHandler<Entry> {
    final DevNullTracepoint tracepoint = new DevNullTracepoint(true);
    private final UnsafeBuffer memory;
    private final EventVector event = new EventVector(512, MAX_RECORD_LENGTH);
    long failed;

    Consumer(UnsafeBuffer memory) {
      this.memory = memory;
    }

    @Override
    public void onEvent(Entry entry, long sequence, boolean endOfBatch) {
      int length = entry.length;
      if (length != 0) {
        if (!event.fits(length)) {
          flush();
        }
        int atEnd = Math.min(length, memory.capacity() - entry.offset);
        event.add(memory, entry.offset, atEnd);
        if (atEnd < length) {
          event.add(memory, 0, length - atEnd);
        }
      }
      if (endOfBatch) {
        flush();
      }
    }

    private void flush() {
      if (event.records() > 0) {
        if (tracepoint.write(event) != 0) {
          failed++;
        }
        event.clear();
      }
    }
  }
}

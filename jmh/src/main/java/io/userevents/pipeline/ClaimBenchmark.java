// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Compares publishing and claiming, for records of 200 bytes in bursts that the ring has room for.
 *
 * <ul>
 *   <li>{@link #publish} and {@link #claim} copy an existing record once.
 *   <li>{@link #encodeAndPublish} and {@link #encodeIntoClaim} make the record each time, one long
 *       after the other, in a buffer of the thread that is copied, or in its slot.
 * </ul>
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(BurstPipeline.LENGTH)
public class ClaimBenchmark {

  @Benchmark
  public void publish(BurstPipeline burst, ThreadRecord record, BurstPipeline.Drain drain) {
    for (int i = 0; i < BurstPipeline.LENGTH; i++) {
      burst.pipeline.publish(record.buffer, 0, ThreadRecord.LENGTH);
    }
  }

  @Benchmark
  public void claim(BurstPipeline burst, ThreadRecord record, BurstPipeline.Drain drain) {
    for (int i = 0; i < BurstPipeline.LENGTH; i++) {
      try (RecordClaim claim = burst.pipeline.tryClaim(ThreadRecord.LENGTH)) {
        if (claim.isOpen()) {
          claim.buffer().putBytes(0, record.buffer, 0, ThreadRecord.LENGTH);
          claim.commit();
        }
      }
    }
  }

  @Benchmark
  public void encodeAndPublish(
      BurstPipeline burst, ThreadRecord record, BurstPipeline.Drain drain) {
    for (int i = 0; i < BurstPipeline.LENGTH; i++) {
      encode(i, record.buffer);
      burst.pipeline.publish(record.buffer, 0, ThreadRecord.LENGTH);
    }
  }

  @Benchmark
  public void encodeIntoClaim(BurstPipeline burst, BurstPipeline.Drain drain) {
    for (int i = 0; i < BurstPipeline.LENGTH; i++) {
      try (RecordClaim claim = burst.pipeline.tryClaim(ThreadRecord.LENGTH)) {
        if (claim.isOpen()) {
          encode(i, claim.buffer());
          claim.commit();
        }
      }
    }
  }

  private static void encode(int seed, MutableDirectBuffer destination) {
    for (int offset = 0; offset < ThreadRecord.LENGTH; offset += Long.BYTES) {
      destination.putLong(offset, (long) seed + offset);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.internal.otlp.EncoderLimits;
import io.userevents.exporter.internal.otlp.NamePatterns;
import io.userevents.exporter.internal.otlp.PreparedRecord;
import io.userevents.pipeline.BurstPipeline;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures a prepared point of a counter with four attributes, about 300 bytes, in bursts that the
 * ring has room for.
 *
 * <ul>
 *   <li>{@link #plain} publishes the same bytes every time.
 *   <li>{@link #prepared} stores the value and a time of the caller in them.
 *   <li>{@link #preparedNow} stores the value and the time of the clock, which it reads.
 * </ul>
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(BurstPipeline.LENGTH)
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // By JMH.
public class PreparedPointBenchmark {

  private static final Attributes ATTRIBUTES =
      Attributes.builder()
          .put("symbol", "SYM1")
          .put("side", "buy")
          .put("venue", "XLON")
          .put("shard", 7)
          .build();

  private UnsafeBuffer plainRecord;
  private PreparedLongPoint point;

  @Setup
  public void prepare(BurstPipeline burst) {
    InstrumentationScopeInfo scope = InstrumentationScopeInfo.create("io.userevents.benchmark");
    point =
        PreparedPoints.builder(burst.pipeline)
            .setInstrumentationScope(scope)
            .build()
            .longCounter("orders")
            .setUnit("{order}")
            .setAttributes(ATTRIBUTES)
            .build();
    PreparedRecord same =
        PreparedRecord.encode(
            PreparedRecord.Kind.LONG_COUNTER,
            Resource.getDefault(),
            scope,
            "orders",
            "",
            "{order}",
            ATTRIBUTES,
            EncoderLimits.of(burst.pipeline.maxEventLength(), burst.pipeline.maxRecordLength(), 1),
            NamePatterns.NONE,
            reduction -> {
              throw new IllegalStateException("nothing is that long: " + reduction);
            });
    plainRecord = new UnsafeBuffer(new byte[same.length()]);
    same.write(plainRecord, 1, 2, 3);
  }

  @Benchmark
  public void plain(BurstPipeline burst, BurstPipeline.Drain drain) {
    for (int i = 0; i < BurstPipeline.LENGTH; i++) {
      burst.pipeline.publish(plainRecord, 0, plainRecord.capacity());
    }
  }

  @Benchmark
  public void prepared(BurstPipeline burst, BurstPipeline.Drain drain) {
    for (int i = 0; i < BurstPipeline.LENGTH; i++) {
      point.publish(i, 1_700_000_000_000_000_000L + i);
    }
  }

  @Benchmark
  public void preparedNow(BurstPipeline burst, BurstPipeline.Drain drain) {
    for (int i = 0; i < BurstPipeline.LENGTH; i++) {
      point.publish(i);
    }
  }
}

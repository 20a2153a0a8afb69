// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static io.userevents.examples.OrderPathPolicy.FILL;
import static io.userevents.examples.OrderPathPolicy.QUOTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class OrderPathPolicyTest {

  private static final Path SOURCE =
      Path.of("src/test/java/io/userevents/examples/OrderPathPolicy.java");
  private static final Path DOC = Path.of("../docs/back-pressure.md");

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("orders");
  private final DirectBuffer record = new UnsafeBuffer(new byte[8]);

  @Test
  void shouldShedQuotesAndWaitForFills() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    tracepoint.attach(
        event -> {
          writing.countDown();
          await(released);
        });
    RecordPipeline pipeline =
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setRingSlots(4)
            .setBackPressurePolicy(new OrderPathPolicy())
            .build();
    assertThat(publish(pipeline, QUOTE)).isTrue();
    await(writing);

    assertThat(publish(pipeline, QUOTE)).isTrue();
    assertThat(publish(pipeline, QUOTE)).as("half of the ring is in use").isFalse();
    assertThat(publish(pipeline, FILL)).isTrue();
    assertThat(publish(pipeline, FILL)).isTrue();
    long startNs = System.nanoTime();
    assertThat(publish(pipeline, FILL)).as("all of it is").isFalse();
    assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(20_000);

    released.countDown();
    pipeline.close();
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.written()).isEqualTo(4);
    assertThat(statistics.count(Outcome.DROPPED_FULL)).isEqualTo(2);
    assertThat(statistics.outcomes()).isEqualTo(statistics.offered());
  }

  @Test
  void shouldBeTheCodeOfTheDocumentation() throws Exception {
    String source = Files.readString(SOURCE);
    String code = source.substring(source.indexOf("public final class"));

    assertThat(Files.readString(DOC)).contains("```java\n" + code + "```");
  }

  private boolean publish(RecordPipeline pipeline, int priority) {
    return pipeline.publish(record, 0, record.capacity(), priority).isAccepted();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("waited for too long");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

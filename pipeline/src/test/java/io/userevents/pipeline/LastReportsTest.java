// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When many failures come, the first is logged at once, and the others at the end. */
@Timeout(300)
class LastReportsTest {

  private static final int FAILURES = 12;

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();

  @Test
  void shouldSayHowManyRecordsWereTooLarge() {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    for (int i = 0; i < FAILURES; i++) {
      publish(pipeline, "x".repeat(4049));
    }

    pipeline.close();

    assertThat(sumOfNumbersBefore(" because they were too large")).isEqualTo(FAILURES);
  }

  @Test
  void shouldSayHowOftenOutcomeListenersHaveFailed() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    for (int i = 0; i < FAILURES; i++) {
      publish(
          pipeline,
          "x",
          (tag, outcome, errno) -> {
            throw new IllegalStateException("broken listener");
          },
          i);
    }

    pipeline.close();

    assertThat(pipelines.log().warnings())
        .hasSize(2)
        .last()
        .asString()
        .startsWith("an outcome listener failed")
        .endsWith("(11 times since the last line, until the end)");
  }

  @Test
  void shouldSayHowOftenTheTracepointHasFailed() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    for (int i = 0; i < FAILURES; i++) {
      tracepoint.fail(new IllegalStateException("broken write"));
      publish(pipeline, "x");
      flush(pipeline);
    }

    pipeline.close();

    assertThat(pipelines.log().warnings())
        .filteredOn(line -> line.contains("failed to write"))
        .hasSize(2)
        .last()
        .asString()
        .endsWith("(11 times since the last line, until the end)");
  }

  @Test
  void shouldSayHowOftenThePolicyHasFailed() {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setBackPressurePolicy(new BrokenPolicy()));
    for (int i = 0; i < FAILURES; i++) {
      publish(pipeline, "x");
    }

    pipeline.close();

    assertThat(pipelines.log().warnings())
        .filteredOn(line -> line.contains("policy failed"))
        .hasSize(2)
        .last()
        .asString()
        .contains("failed 12 times in all");
  }

  @Test
  void shouldSayHowOftenTheStateListenerHasFailed() {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setStateListener(
                    new TracepointStateListener() {
                      @Override
                      public void onStateChange(TracepointState previous, TracepointState current) {
                        throw new IllegalStateException("broken listener");
                      }
                    }));

    pipeline.close();

    // UNAVAILABLE to REGISTERED, ATTACHED, REGISTERED and CLOSED.
    assertThat(pipelines.log().warnings())
        .hasSize(2)
        .last()
        .asString()
        .startsWith("a tracepoint state listener failed")
        .endsWith("(3 times since the last line, until the end)");
  }

  private int sumOfNumbersBefore(String text) {
    return pipelines.log().warnings().stream()
        .filter(line -> line.contains(text))
        .map(line -> line.substring(0, line.indexOf(text)))
        .mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static final class BrokenPolicy implements BackPressurePolicy {
    @Override
    public Decision onBackPressure(BackPressure pressure) {
      throw new IllegalStateException("broken policy");
    }

    @Override
    public int reservedSlots(int priority, int ringSlots) {
      throw new IllegalStateException("broken policy");
    }
  }
}

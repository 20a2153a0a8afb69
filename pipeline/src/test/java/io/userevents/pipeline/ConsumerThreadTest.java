// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(20)
class ConsumerThreadTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();

  @Test
  void shouldBeADaemonWithTheEventsName() throws Exception {
    Thread consumer = consumerOf(pipelines.start(tracepoint));

    assertThat(consumer.getName()).isEqualTo("user-events-scripted");
    assertThat(consumer.isDaemon()).isTrue();
    assertThat(consumer.getContextClassLoader()).isNull();
  }

  @Test
  void shouldBeMadeByTheFactoryThatWasSet() throws Exception {
    RecordPipeline pipeline = start(runnable -> new Thread(runnable, "mine"));

    assertThat(consumerOf(pipeline).getName()).isEqualTo("mine");
  }

  @Test
  void shouldRefuseAFactoryThatGivesNoThread() {
    assertThatThrownBy(() -> start(runnable -> none()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("thread factory gave no thread");
  }

  @Test
  void shouldNotWaitForItselfWhenAListenerCloses() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    CompletableFuture<Boolean> closed = new CompletableFuture<>();

    publish(
        pipeline,
        "a",
        (tag, outcome, errno) -> closed.complete(pipeline.close(Duration.ofSeconds(15))),
        0);

    assertThat(closed.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(pipeline.close(Duration.ofSeconds(10))).isTrue();
  }

  private RecordPipeline start(ThreadFactory factory) {
    return pipelines.start(
        RecordPipeline.builder().setTracepoint(tracepoint).setThreadFactory(factory));
  }

  private static Thread consumerOf(RecordPipeline pipeline) throws Exception {
    CompletableFuture<Thread> consumer = new CompletableFuture<>();
    publish(pipeline, "a", (tag, outcome, errno) -> consumer.complete(Thread.currentThread()), 0);
    return consumer.get(10, TimeUnit.SECONDS);
  }

  @SuppressWarnings("NullAway") // What a factory without a checker may do.
  private static Thread none() {
    @Nullable Thread none = null;
    return none;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.affinity.CpuAffinity;
import io.userevents.affinity.CpuAffinityException;
import io.userevents.affinity.CpuSet;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
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
  void shouldRefuseAFactoryThatStartsItsThreadAndRunNothingOnIt() throws Exception {
    List<Thread> started = new ArrayList<>();

    assertThatThrownBy(
            () ->
                start(
                    runnable -> {
                      Thread thread = new Thread(runnable, "started");
                      thread.start();
                      // Until it has come to wherever it goes.
                      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                      started.add(thread);
                      return thread;
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was started already");

    started.get(0).join(TimeUnit.SECONDS.toMillis(60));
    assertThat(started.get(0).isAlive()).isFalse();
    assertThat(tracepoint.registrations).hasValue(0);
  }

  @Test
  void shouldRefuseAFactoryThatGivesAVirtualThread() {
    Method ofVirtual;
    try {
      ofVirtual = Class.forName("java.lang.Thread").getMethod("ofVirtual");
    } catch (ReflectiveOperationException e) {
      System.out.println("skipped: this JVM has no virtual threads, they came with 21");
      Assumptions.abort("no virtual threads");
      return;
    }
    assertThatThrownBy(() -> start(runnable -> virtualThread(ofVirtual, runnable)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("virtual thread");
  }

  @Test
  void shouldTakeTheTracepointAgainWhenThereWasNoThread() throws Exception {
    List<ThreadFactory> refused =
        List.of(
            runnable -> none(),
            runnable -> {
              Thread thread = new Thread(runnable);
              thread.start();
              return thread;
            },
            runnable -> {
              throw new IllegalStateException("broken factory");
            });
    RecordPipelineBuilder builder = RecordPipeline.builder().setTracepoint(tracepoint);

    for (ThreadFactory factory : refused) {
      assertThatThrownBy(() -> builder.setThreadFactory(factory).build())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageNotContaining("one pipeline for each tracepoint");
    }

    RecordPipeline pipeline = pipelines.start(builder.setThreadFactory(Thread::new));
    assertThat(consumerOf(pipeline).isAlive()).isTrue();
  }

  @Test
  void shouldDoNothingInASecondRun() throws Exception {
    AtomicInteger ends = new AtomicInteger();
    RecordPipeline pipeline =
        start(
            runnable ->
                new Thread(
                    () -> {
                      runnable.run();
                      runnable.run();
                      ends.incrementAndGet();
                    }));
    Thread consumer = consumerOf(pipeline);

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
    consumer.join(TimeUnit.SECONDS.toMillis(60));

    assertThat(ends).hasValue(1);
    assertThat(tracepoint.registrations).hasValue(1);
    assertThat(tracepoint.closes).hasValue(1);
  }

  @Test
  void shouldRunOnTheCpuThatWasSet() throws Exception {
    int cpu = firstAllowedCpu();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setConsumerCpu(cpu));
    CompletableFuture<String> status = new CompletableFuture<>();

    publish(
        pipeline,
        "a",
        (tag, outcome, errno) -> {
          try {
            status.complete(Files.readString(Path.of("/proc/thread-self/status")));
          } catch (IOException e) {
            status.completeExceptionally(e);
          }
        },
        0);

    assertThat(status.get(60, TimeUnit.SECONDS)).contains("Cpus_allowed_list:\t" + cpu + "\n");
  }

  @Test
  void shouldRunUnpinnedAndSaySoWhenTheCpuIsNotAllowed() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder().setTracepoint(tracepoint).setConsumerCpu(CpuSet.MAX_CPU));

    assertThat(consumerOf(pipeline).isAlive()).isTrue();
    assertThat(pipelines.log().warnings())
        .singleElement()
        .asString()
        .contains("cpu=" + CpuSet.MAX_CPU, "allowed cpus=" + CpuAffinity.allowedCpus())
        .endsWith("the consumer runs unpinned: set another CPU, or none");
  }

  @Test
  void shouldFailToBuildAndCloseTheTracepointWhenTheCpuIsRequired() throws Exception {
    RecordPipelineBuilder builder =
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setConsumerCpu(CpuSet.MAX_CPU)
            .setConsumerCpuRequired(true);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cpu=" + CpuSet.MAX_CPU)
        .hasMessageContaining("allowed cpus=" + CpuAffinity.allowedCpus());
    assertThat(tracepoint.closes).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, CpuSet.MAX_CPU + 1})
  void shouldRefuseACpuThatCannotBe(int cpu) {
    assertThatThrownBy(() -> RecordPipeline.builder().setConsumerCpu(cpu))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("consumerCpu=" + cpu);
  }

  @Test
  void shouldNotWaitForItselfWhenAListenerCloses() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    CompletableFuture<Boolean> closed = new CompletableFuture<>();

    publish(
        pipeline,
        "a",
        (tag, outcome, errno) -> closed.complete(pipeline.close(Duration.ofHours(1))),
        0);

    assertThat(closed.get(60, TimeUnit.SECONDS)).isFalse();
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
  }

  private static int firstAllowedCpu() throws CpuAffinityException {
    CpuSet allowed = CpuAffinity.allowedCpus();
    int cpu = 0;
    while (!allowed.contains(cpu)) {
      cpu++;
    }
    return cpu;
  }

  private RecordPipeline start(ThreadFactory factory) {
    return pipelines.start(
        RecordPipeline.builder().setTracepoint(tracepoint).setThreadFactory(factory));
  }

  private static Thread consumerOf(RecordPipeline pipeline) throws Exception {
    CompletableFuture<Thread> consumer = new CompletableFuture<>();
    publish(pipeline, "a", (tag, outcome, errno) -> consumer.complete(Thread.currentThread()), 0);
    return consumer.get(60, TimeUnit.SECONDS);
  }

  private static Thread virtualThread(Method ofVirtual, Runnable runnable) {
    try {
      Object builder = ofVirtual.invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      return (Thread) type.getMethod("unstarted", Runnable.class).invoke(builder, runnable);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a JVM that has virtual threads", e);
    }
  }

  @SuppressWarnings("NullAway") // What a factory without a checker may do.
  private static Thread none() {
    @Nullable Thread none = null;
    return none;
  }
}

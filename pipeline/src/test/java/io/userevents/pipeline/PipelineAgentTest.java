// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.assertBalanced;
import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.tracepoint.LoopbackTracepoint;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.CompositeAgent;
import org.agrona.concurrent.DynamicCompositeAgent;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Agrona's own classes run the agent of a pipeline. */
@Timeout(300)
class PipelineAgentTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  /** The errors of Agrona's runners. */
  private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

  @Test
  void shouldBeNamedByItsEventAndKnowItsPipeline() {
    PipelineAgent agent = agent(tracepoint);

    assertThat(agent.roleName()).isEqualTo("user-events-scripted");
    assertThat(agent.pipeline().agent()).isSameAs(agent);
    assertThat(agent.hasEnded()).isFalse();
    agent.pipeline().close();
    assertThat(agent.hasEnded()).isTrue();
  }

  @Test
  void shouldBeDrivenByAnAgentInvoker() {
    PipelineAgent agent = agent(tracepoint);
    AgentInvoker invoker = new AgentInvoker(errors::add, null, agent);
    assertThat(invoker.invoke()).as("it is not started").isZero();
    assertThat(tracepoint.registrations).hasValue(0);

    invoker.start();
    assertThat(tracepoint.registrations).hasValue(1);
    publish(agent.pipeline(), "a", outcomes, 1);
    assertThat(invoker.invoke()).isEqualTo(1);
    publish(agent.pipeline(), "b", outcomes, 2);
    invoker.close();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN, Outcome.WRITTEN);
    assertThat(outcomes.threads()).containsOnly(Thread.currentThread());
    assertEnded(agent);
  }

  @Test
  void shouldBeDrivenByAnAgentRunner() throws Exception {
    PipelineAgent agent = agent(tracepoint);
    AgentRunner runner = new AgentRunner(new BackoffIdleStrategy(), errors::add, null, agent);
    Thread thread = AgentRunner.startOnThread(runner);
    awaitAttached(agent.pipeline());

    publish(agent.pipeline(), "a", outcomes, 1);
    flush(agent.pipeline());
    publish(agent.pipeline(), "b", outcomes, 2);
    runner.close();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN, Outcome.WRITTEN);
    assertThat(outcomes.threads()).containsOnly(thread);
    assertEnded(agent);
  }

  @Test
  void shouldEndWhenThePipelineIsClosedWhileARunnerRunsIt() throws Exception {
    PipelineAgent agent = agent(tracepoint);
    try (AgentRunner runner =
        new AgentRunner(YieldingIdleStrategy.INSTANCE, errors::add, null, agent)) {
      AgentRunner.startOnThread(runner);
      awaitAttached(agent.pipeline());
      publish(agent.pipeline(), "a", outcomes, 1);

      assertThat(agent.pipeline().close(Duration.ofSeconds(60))).isTrue();

      assertThat(agent.hasEnded()).isTrue();
      assertThat(runner.isClosed()).as("the runner is its owner's").isFalse();
    }
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    assertEnded(agent);
  }

  @Test
  void shouldCloseWithARunnerThatNeverRan() {
    PipelineAgent agent = agent(tracepoint);
    AgentRunner runner = new AgentRunner(new BackoffIdleStrategy(), errors::add, null, agent);

    runner.close();

    assertThat(tracepoint.registrations).hasValue(0);
    assertEnded(agent);
  }

  @Test
  void shouldCloseWithAnInvokerThatWasNeverStarted() {
    PipelineAgent agent = agent(tracepoint);
    AgentInvoker invoker = new AgentInvoker(errors::add, null, agent);

    invoker.close();

    assertThat(tracepoint.registrations).hasValue(0);
    assertEnded(agent);
  }

  @Test
  void shouldSurviveAnInterruptOfTheRunnersThread() throws Exception {
    PipelineAgent agent = agent(tracepoint);
    AgentRunner runner = new AgentRunner(new BackoffIdleStrategy(), errors::add, null, agent);
    Thread thread = AgentRunner.startOnThread(runner);
    awaitAttached(agent.pipeline());
    publish(agent.pipeline(), "a", outcomes, 1);
    flush(agent.pipeline());

    // Agrona's runner takes an interrupt for the end of the agent.
    thread.interrupt();
    thread.join();

    assertThat(agent.pipeline().publish(Pipelines.record("b"), 0, 1))
        .isEqualTo(PublishResult.CLOSED);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    runner.close();
    assertEnded(agent);
  }

  @Test
  void shouldDriveThreePipelinesOnOneThread() throws Exception {
    List<String> names = List.of("orders", "quotes", "risk");
    Queue<String> events = new ConcurrentLinkedQueue<>();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    List<PipelineAgent> agents =
        names.stream()
            .map(
                name -> {
                  LoopbackTracepoint loopback = new LoopbackTracepoint(name);
                  loopback.attach(
                      event -> {
                        threads.add(Thread.currentThread());
                        events.add(name + ":" + new String(event, US_ASCII));
                      });
                  return RecordPipeline.builder().setTracepoint(loopback).buildAgent();
                })
            .toList();
    CompositeAgent all = new CompositeAgent(agents);
    AgentRunner runner = new AgentRunner(new BackoffIdleStrategy(), errors::add, null, all);
    Thread thread = AgentRunner.startOnThread(runner);
    for (PipelineAgent agent : agents) {
      awaitAttached(agent.pipeline());
      assertThat(publish(agent.pipeline(), "a")).isTrue();
      flush(agent.pipeline());
      assertThat(publish(agent.pipeline(), "b")).isTrue();
    }
    runner.close();

    assertThat(all.roleName())
        .isEqualTo("[user-events-orders,user-events-quotes,user-events-risk]");
    assertThat(events)
        .containsExactlyInAnyOrder(
            names.stream()
                .flatMap(name -> Stream.of(name + ":a", name + ":b"))
                .toArray(String[]::new));
    assertThat(threads).containsExactly(thread);
    for (PipelineAgent agent : agents) {
      assertThat(agent.pipeline().statistics().written()).isEqualTo(2);
      assertEnded(agent);
    }
  }

  @Test
  void shouldGoOnWithTheOthersWhenOneOfThemIsClosed() {
    ScriptedTracepoint second = pipelines.tracepoint();
    PipelineAgent closed = agent(tracepoint);
    PipelineAgent open = agent(second);
    AgentInvoker invoker = new AgentInvoker(errors::add, null, new CompositeAgent(closed, open));
    invoker.start();

    CompletableFuture<Void> ended = closed.pipeline().closeAsync();
    while (!ended.isDone()) {
      invoker.invoke();
    }
    publish(open.pipeline(), "a", outcomes, 1);
    invoker.invoke();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    invoker.close();
    assertEnded(closed);
    assertEnded(open);
  }

  @Test
  void shouldJoinAndLeaveARunningCompositeAgent() throws Exception {
    PipelineAgent agent = agent(tracepoint);
    DynamicCompositeAgent all = new DynamicCompositeAgent("duties");
    try (AgentRunner runner = new AgentRunner(new BackoffIdleStrategy(), errors::add, null, all)) {
      AgentRunner.startOnThread(runner);
      while (all.status() != DynamicCompositeAgent.Status.ACTIVE) {
        Thread.sleep(1);
      }
      assertThat(all.tryAdd(agent)).isTrue();
      awaitAttached(agent.pipeline());
      publish(agent.pipeline(), "a", outcomes, 1);

      assertThat(all.tryRemove(agent)).isTrue();
      while (!agent.hasEnded()) {
        Thread.sleep(1);
      }
    }
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    assertEnded(agent);
  }

  @Test
  void shouldReportItsOwnErrorsToItsHandlerAndNotEndItsRunner() {
    Queue<Throwable> own = new ConcurrentLinkedQueue<>();
    PipelineAgent agent =
        RecordPipeline.builder().setTracepoint(tracepoint).setErrorHandler(own::add).buildAgent();
    AgentInvoker invoker = new AgentInvoker(errors::add, null, agent);
    IllegalStateException broken = new IllegalStateException("broken");
    tracepoint.whenAsked =
        () -> {
          throw broken;
        };
    invoker.start();
    invoker.invoke();
    tracepoint.whenAsked = () -> {};
    assertThat(invoker.isClosed()).isFalse();
    assertThat(own).isNotEmpty().allMatch(error -> error == broken);

    invoker.invoke();
    publish(agent.pipeline(), "a", outcomes, 1);
    invoker.invoke();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    invoker.close();
    assertEnded(agent);
  }

  @Test
  void shouldRefuseToCloseOnAnotherThreadThanTheOneThatRunsIt() {
    PipelineAgent agent = agent(tracepoint);
    agent.onStart();

    CompletableFuture<Void> elsewhere = CompletableFuture.runAsync(agent::onClose);

    assertThatThrownBy(elsewhere::join).hasCauseInstanceOf(IllegalStateException.class);
    agent.onClose();
    assertEnded(agent);
  }

  private static PipelineAgent agent(ScriptedTracepoint tracepoint) {
    return RecordPipeline.builder().setTracepoint(tracepoint).buildAgent();
  }

  private static void awaitAttached(RecordPipeline pipeline) throws InterruptedException {
    while (!pipeline.isAttached()) {
      Thread.sleep(1);
    }
  }

  private void assertEnded(Agent agent) {
    RecordPipeline pipeline = ((PipelineAgent) agent).pipeline();
    assertThat(pipeline.closeAsync()).isCompleted();
    assertThat(pipeline.state()).isEqualTo(TracepointState.CLOSED);
    assertBalanced(pipeline);
    assertThat(errors).isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.memory.MemoryException;
import io.userevents.internal.memory.ResidentPages;
import io.userevents.internal.syscall.Errno;
import io.userevents.testing.CapturedLog;
import io.userevents.testing.ChildJvm;
import io.userevents.tracepoint.RegistrationFailures;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class RingMemoryTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  @Test
  void shouldTakeNoMemoryForSlotsThatHoldNoRecordYet() throws Exception {
    RecordRing ring = new RecordRing(1024, 8168, new WakeUp(1024, false));
    assertThat(ring.memory().capacity()).as("before it is allocated").isZero();

    ring.allocate();
    long address = ring.memory().addressOffset();
    int length = ring.memory().capacity();

    assertThat(length).isEqualTo(1024 * 8256);
    assertThat(ResidentPages.count(address, length)).isZero();
    ring.allocate();
    assertThat(ring.memory().addressOffset()).as("a second call does nothing").isEqualTo(address);
    ring.freeMemory();
    assertThat(ResidentPages.isMapped(address + length / 2)).isFalse();
  }

  @Test
  void shouldAllocateWhenItIsRegisteredAndNotBefore() throws Exception {
    CountDownLatch mayRegister = new CountDownLatch(1);
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    tracepoint.whenRegistering =
        () -> {
          if (tracepoint.registrations.get() > 1) {
            await(mayRegister);
          }
        };
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRetryPeriod(Duration.ofMillis(200)));

    try {
      assertThat(pipeline.isAttached()).as("enabled, but not registered").isFalse();
      assertThat(publish(pipeline, "early", outcomes, 1)).isFalse();
      assertThat(pipeline.tryClaim(1, 0, outcomes, 2).isOpen()).isFalse();
      assertThat(outcomes.outcomes())
          .containsExactly(Outcome.DROPPED_DETACHED, Outcome.DROPPED_DETACHED);
    } finally {
      mayRegister.countDown();
    }
    while (!pipeline.isAttached()) {
      Thread.sleep(1);
    }
    assertThat(publish(pipeline, "late", outcomes, 3)).isTrue();
    flush(pipeline);

    assertThat(tracepoint.texts()).containsExactly("late");
    assertThat(pipeline.statistics().count(Outcome.DROPPED_DETACHED)).isEqualTo(2);
  }

  @Test
  void shouldKeepNothingOfThreadsThatPublishBeforeItIsRegistered() throws Exception {
    tracepoint.failRegistration(RegistrationFailures.unsupported());
    RecordPipeline pipeline = pipelines.start(tracepoint);

    for (int i = 0; i < 10; i++) {
      Thread publisher = new Thread(() -> publish(pipeline, "x", outcomes, 1));
      publisher.start();
      publisher.join();
    }

    assertThat(pipeline.publishers().size()).isZero();
    assertThat(pipeline.statistics().offered()).isEqualTo(10);
    assertThat(pipeline.statistics().count(Outcome.DROPPED_DETACHED)).isEqualTo(10);
  }

  @Test
  void shouldCountATooLongRecordAsSuchBeforeItIsRegistered() {
    tracepoint.failRegistration(RegistrationFailures.unsupported());
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(publish(pipeline, "x".repeat(4049), outcomes, 1)).isFalse();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_TOO_LARGE);
    assertThat(pipeline.statistics().bytes(Outcome.DROPPED_TOO_LARGE)).isEqualTo(4049);
  }

  @Test
  void shouldTakeTheRegistrationBackWhileThereIsNoMemoryAndTryAgain() {
    try (CapturedLog log = new CapturedLog(RecordPipeline.class)) {
      MemoryShortage shortage = new MemoryShortage(2);
      TracepointSession session =
          new TracepointSession(
              tracepoint, shortage, TracepointStateListener.NONE, TimeUnit.MINUTES.toNanos(1));
      session.start(0);
      assertThat(session.state()).isEqualTo(TracepointState.UNAVAILABLE);
      assertThat(tracepoint.closes).hasValue(1);

      session.poll(RetrySchedule.FIRST_RETRY_NS);
      assertThat(session.state()).isEqualTo(TracepointState.UNAVAILABLE);
      assertThat(tracepoint.closes).hasValue(2);
      session.poll(3 * RetrySchedule.FIRST_RETRY_NS);

      assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
      assertThat(tracepoint.registrations).hasValue(3);
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .startsWith("cannot use tracepoint scripted: no memory for the test")
          .contains("tried again");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"64", "1048576"})
  void shouldBuildInAProcessThatMayNotHaveTheMemory(String addressSpaceMiB) throws Exception {
    // With 64 MiB more of address space than the JVM has itself there is room for one ring only.
    String output = run(List.of("-XX:MaxDirectMemorySize=2m"), addressSpaceMiB);

    if (addressSpaceMiB.equals("64")) {
      assertThat(output)
          .contains("state=UNAVAILABLE attached=false taken=false")
          .containsOnlyOnce("cannot allocate the ring's memory")
          .contains("ringSlots=65536 maxRecordLength=4048", "bytes=272629760", "ENOMEM");
    } else {
      assertThat(output)
          .contains("state=ATTACHED attached=true taken=true written=1")
          .doesNotContain("cannot");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the consumer", e);
    }
  }

  private static String run(List<String> options, String... arguments) throws Exception {
    Process process =
        new ProcessBuilder(ChildJvm.command(RingMemoryProgram.class, options, arguments))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** Has memory after so many calls. */
  private static final class MemoryShortage implements Registration.Preparation {
    private int failures;

    MemoryShortage(int failures) {
      this.failures = failures;
    }

    @Override
    public void prepare() throws MemoryException {
      if (failures-- > 0) {
        throw new MemoryException("no memory for the test", null);
      }
    }
  }
}

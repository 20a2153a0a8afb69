// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.pipeline.Outcomes.Told;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class RecordClaimTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  @Test
  void shouldWriteWhatWasPutIntoTheSlot() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    try (RecordClaim claim = claim(pipeline, 5)) {
      assertThat(claim.length()).isEqualTo(5);
      assertThat(claim.buffer().capacity()).isEqualTo(5);
      put(claim, "hello");
      claim.commit();
    }
    flush(pipeline);

    assertThat(tracepoint.texts()).containsExactly("hello");
    assertThat(outcomes.told()).containsExactly(new Told(7, Outcome.WRITTEN, 0));
    assertThat(pipeline.statistics().writtenBytes()).isEqualTo(5);
  }

  @Test
  void shouldWriteTheFirstBytesWhenTheRecordTurnsOutShorter() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    RecordClaim claim = claim(pipeline, 8);
    put(claim, "short___");
    claim.commit(5);
    flush(pipeline);

    assertThat(tracepoint.texts()).containsExactly("short");
    assertThat(pipeline.statistics().writtenBytes()).isEqualTo(5);
  }

  @Test
  void shouldCountARecordThatIsGivenUpWithoutASlot() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    RecordClaim claim = claim(pipeline, 1);
    put(claim, "a");

    pipeline.countAborted(3);
    assertThat(claim.isOpen()).isTrue();
    claim.commit();
    flush(pipeline);
    assertThat(pipeline.statistics().count(Outcome.DROPPED_ABORTED)).isEqualTo(1);
    tracepoint.enabled = false;
    pipeline.countAborted(3);
    assertThat(pipeline.statistics().count(Outcome.DROPPED_DETACHED)).isEqualTo(1);
    pipeline.close();
    pipeline.countAborted(3);
    assertThat(pipeline.statistics().count(Outcome.DROPPED_CLOSED)).isEqualTo(1);

    assertThat(pipeline.statistics().offered()).isEqualTo(4);
    assertThat(pipeline.statistics().outcomes()).isEqualTo(4);
    assertThatThrownBy(() -> pipeline.countAborted(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("length must be at least 1: length=0");
  }

  @Test
  void shouldCountAnAbortedClaimAndWriteTheRecordsAroundIt() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    gate.awaitEntered();
    publish(pipeline, "b");
    claim(pipeline, 3).abort();
    publish(pipeline, "c");
    gate.release();
    flush(pipeline);

    assertThat(tracepoint.texts()).containsExactly("a", "bc");
    assertThat(outcomes.told()).containsExactly(new Told(7, Outcome.DROPPED_ABORTED, 0));
    assertThat(pipeline.statistics().count(Outcome.DROPPED_ABORTED)).isEqualTo(1);
  }

  @Test
  void shouldVoidAClaimThatAnExceptionLeaves() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThatThrownBy(
            () -> {
              try (RecordClaim claim = claim(pipeline, 4)) {
                claim.buffer().putLong(0, 1);
                claim.commit();
              }
            })
        .isInstanceOf(IndexOutOfBoundsException.class);
    publish(pipeline, "next");
    flush(pipeline);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_ABORTED);
    assertThat(tracepoint.texts()).containsExactly("next");
  }

  @Test
  void shouldRefuseEverythingElseOfItsThreadWhileItIsOpen() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    RecordClaim open = claim(pipeline, 4);

    assertThatThrownBy(() -> publish(pipeline, "next"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("this thread holds an open claim")
        .hasMessageContaining("sequence=0");
    assertThatThrownBy(() -> claim(pipeline, 2)).isInstanceOf(IllegalStateException.class);
    tracepoint.enabled = false;
    assertThatThrownBy(() -> publish(pipeline, "detached"))
        .isInstanceOf(IllegalStateException.class);
    tracepoint.enabled = true;

    assertThat(open.isOpen()).isTrue();
    put(open, "kept");
    open.commit();
    publish(pipeline, "next");
    flush(pipeline);
    assertThat(String.join("", tracepoint.texts())).isEqualTo("keptnext");
    assertThat(pipeline.statistics().offered()).isEqualTo(2);
  }

  @Test
  void shouldVoidAForgottenClaimWhenItsThreadCloses() {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    claim(pipeline, 4);

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_ABORTED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldTakeOverTheClaimOfAThreadThatHasEnded(boolean closing) throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    Thread ending = new Thread(() -> claim(pipeline, 4));
    ending.start();
    ending.join();
    publish(pipeline, "next");

    if (closing) {
      assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
    } else {
      flush(pipeline);
    }

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_ABORTED);
    assertThat(tracepoint.texts()).containsExactly("next");
    assertThat(pipelines.log().warnings()).anyMatch(line -> line.contains("ended with an open"));
  }

  @Test
  void shouldNameTheThreadThatHoldsUpTheRing() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    CountDownLatch claimed = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () -> {
              RecordClaim claim = claim(pipeline, 4);
              claimed.countDown();
              await(released);
              put(claim, "late");
              claim.commit();
            },
            "holder");
    holder.start();
    await(claimed);
    publish(pipeline, "behind");

    while (pipelines.log().warnings().isEmpty()) {
      Thread.sleep(10);
    }
    released.countDown();
    holder.join();
    flush(pipeline);

    assertThat(pipelines.log().warnings())
        .singleElement()
        .asString()
        .contains("thread=holder", "holds up all records behind it", "try-with-resources");
    assertThat(String.join("", tracepoint.texts())).isEqualTo("latebehind");
  }

  @Test
  void shouldEndWithoutAClaimThatIsNeverCommittedAndKeepTheMemory() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    CountDownLatch claimed = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    CompletableFuture<@Nullable Void> holder =
        CompletableFuture.runAsync(
            () -> {
              RecordClaim claim = claim(pipeline, 4);
              claimed.countDown();
              await(released);
              put(claim, "late");
              claim.commit();
            });
    await(claimed);
    publish(pipeline, "behind");

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
    assertThat(outcomes.told()).containsExactly(new Told(7, Outcome.DROPPED_CLOSED, 0));
    assertThat(tracepoint.texts()).containsExactly("behind");
    assertThat(pipelines.log().warnings())
        .anyMatch(
            line ->
                line.matches(
                    ".*never committed, the ring's memory is kept: sequence=.*"
                        + "; commit or abort each claim before the pipeline is closed"));

    // Into memory that is still the ring's, and with no second outcome.
    released.countDown();
    holder.get(60, TimeUnit.SECONDS);
    assertThat(outcomes.told()).hasSize(1);
  }

  @Test
  void shouldGiveNoClaimAndCountWhenTheRecordIsTooLarge() {
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setMaxRecordLength(10));

    assertThat(pipeline.tryClaim(11, 0, outcomes, 7).result()).isEqualTo(PublishResult.TOO_LARGE);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_TOO_LARGE);
  }

  @Test
  void shouldGiveNoClaimAndCountWhenNobodyListens() {
    tracepoint.enabled = false;
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(pipeline.tryClaim(4, 0, outcomes, 7).result()).isEqualTo(PublishResult.DETACHED);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_DETACHED);
  }

  @Test
  void shouldGiveNoClaimAndCountAfterClosing() {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    pipeline.close();

    assertThat(pipeline.tryClaim(4).result()).isEqualTo(PublishResult.CLOSED);

    assertThat(pipeline.statistics().count(Outcome.DROPPED_CLOSED)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void shouldRefuseALengthBelowOne(int length) {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThatThrownBy(() -> pipeline.tryClaim(length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("length=" + length);
    assertThat(pipeline.statistics().offered()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 6})
  void shouldStayOpenWhenCommittedWithAnImpossibleLength(int length) throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    RecordClaim claim = claim(pipeline, 5);

    assertThatThrownBy(() -> claim.commit(length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("length=" + length + " claimed=5");

    put(claim, "still");
    claim.commit();
    flush(pipeline);
    assertThat(tracepoint.texts()).containsExactly("still");
  }

  @Test
  void shouldEndOnlyOnce() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    RecordClaim claim = claim(pipeline, 1);
    MutableDirectBuffer buffer = claim.buffer();
    put(claim, "x");
    claim.commit();

    assertThatThrownBy(claim::commit).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> claim.commit(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(claim::abort).isInstanceOf(IllegalStateException.class);
    claim.close();
    assertThat(claim.length()).isZero();
    assertThatThrownBy(() -> buffer.putByte(0, (byte) 'y'))
        .as("a late write stays out of the ring")
        .isInstanceOf(IndexOutOfBoundsException.class);
    flush(pipeline);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldUseTheSameObjectForAllClaimsOfAThread() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    RecordClaim first = claim(pipeline, 1);
    first.abort();
    RecordClaim second = claim(pipeline, 2);
    second.abort();
    RecordClaim other =
        CompletableFuture.supplyAsync(
                () -> {
                  RecordClaim claim = claim(pipeline, 3);
                  claim.abort();
                  return claim;
                })
            .get(60, TimeUnit.SECONDS);

    assertThat(second).isSameAs(first);
    assertThat(other).isNotSameAs(first);
  }

  private RecordClaim claim(RecordPipeline pipeline, int length) {
    RecordClaim claim = pipeline.tryClaim(length, 0, outcomes, 7);
    if (!claim.isOpen()) {
      throw new AssertionError("the record was refused");
    }
    return claim;
  }

  private static void put(RecordClaim claim, String text) {
    claim.buffer().putBytes(0, text.getBytes(US_ASCII));
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

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.userevents.internal.syscall.Errno;
import io.userevents.pipeline.Outcomes.Told;
import io.userevents.testing.CapturedLog;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.ScriptedSyscalls;
import io.userevents.tracepoint.TracepointErrors;
import io.userevents.tracepoint.TracepointErrors.Call;
import io.userevents.tracepoint.TracepointErrors.Reaction;
import io.userevents.tracepoint.TracepointErrors.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each error of each system call, from the call to the outcome of the records. */
@Timeout(300)
class FaultTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedSyscalls kernel = new ScriptedSyscalls();
  private final KernelTracepoint tracepoint = kernel.tracepoint();
  private final Outcomes outcomes = new Outcomes();
  private final CapturedLog tracepointLog = new CapturedLog(KernelTracepoint.class);

  @AfterEach
  void restoreLog() {
    tracepointLog.close();
  }

  static Stream<Errno> errnosThatAreCounted() {
    return errnos(Call.WRITE, Reaction.COUNT);
  }

  static Stream<Errno> errnosOfUnregistering() {
    return Stream.of(Reaction.HOLD_WORD, Reaction.LEAVE_DESCRIPTOR)
        .flatMap(reaction -> errnos(Call.UNREGISTER, reaction));
  }

  @ParameterizedTest
  @EnumSource(names = {"INHERIT", "OPEN", "REGISTER"})
  void shouldHealWhatRefusesARegistrationAtFirst(Call call) throws Exception {
    List<Errno> errnos = errnos(call, Reaction.RETRY_LATER).toList();
    assertThat(errnos).isNotEmpty();
    // All at once, as each waits for a second, and then until the early records are dropped.
    List<ScriptedSyscalls> kernels = new ArrayList<>();
    List<RecordPipeline> started = new ArrayList<>();
    for (Errno errno : errnos) {
      ScriptedSyscalls refusing = new ScriptedSyscalls().fail(call, errno);
      refusing.hang(call);
      refusing.attach();
      kernels.add(refusing);
      started.add(pipelines.start(tracepoint(refusing, call)));
    }

    try {
      for (int i = 0; i < errnos.size(); i++) {
        assertThat(publish(started.get(i), "early", outcomes, i))
            .as(errnos.get(i).name())
            .isFalse();
      }
    } finally {
      kernels.forEach(ScriptedSyscalls::releaseAll);
    }
    for (int i = 0; i < errnos.size(); i++) {
      publishUntilTaken(started.get(i));
      assertThat(texts(kernels.get(i))).as(errnos.get(i).name()).containsExactly("late");
      assertThat(kernels.get(i).calls(call)).as(errnos.get(i).name()).isEqualTo(2);
      assertThat(pipelines.log().warnings())
          .filteredOn(line -> line.contains("call=" + call.text()))
          .hasSameSizeAs(errnos);
    }
    assertThat(outcomes.outcomes()).containsOnly(Outcome.DROPPED_DETACHED);
  }

  @Test
  void shouldHealWhenTracefsIsMountedLateAndThePermissionGrantedLater() throws Exception {
    kernel.fail(Call.OPEN, Errno.ENOENT).fail(Call.OPEN, Errno.EACCES);
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);

    publishUntilTaken(pipeline);

    assertThat(texts()).containsExactly("late");
    assertThat(pipelines.log().warnings()).hasSize(2);
    assertThat(pipelines.log().warnings().get(0)).contains("mount -t tracefs");
    assertThat(pipelines.log().warnings().get(1)).contains("chgrp");
  }

  @ParameterizedTest
  @EnumSource(names = {"INHERIT", "OPEN", "REGISTER"})
  void shouldDropAllWithoutTryingAgainWhereTheCallIsHidden(Call call) {
    kernel.fail(call, Errno.ENOSYS);
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint(kernel, call));

    assertThat(publish(pipeline, "a", outcomes, 1)).isFalse();

    assertThat(pipeline.state()).isEqualTo(TracepointState.UNSUPPORTED);
    assertThat(pipelines.log().warnings())
        .singleElement()
        .asString()
        .contains("seccomp")
        .endsWith("; records are dropped");
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
    assertThat(kernel.calls(call)).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("errnosThatAreCounted")
  void shouldCountAFailedWriteByItsErrno(Errno errno) throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    kernel.fail(Call.WRITE, errno);

    publishAndFlush(pipeline, "a", 1);
    publishAndFlush(pipeline, "b", 2);

    assertThat(outcomes.told())
        .containsExactly(
            new Told(1, Outcome.DROPPED_ERROR, errno.number()), new Told(2, Outcome.WRITTEN, 0));
    assertThat(pipeline.statistics().errors()).containsExactly(entry(errno.number(), 1L));
    assertThat(kernel.calls(Call.WRITE)).isEqualTo(2);
  }

  @Test
  void shouldCountAFailedWriteByANumberThatHasNoRow() throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    kernel.fail(Call.WRITE, 104);

    publishAndFlush(pipeline, "a", 1);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.DROPPED_ERROR, 104));
  }

  @Test
  void shouldCountAPartialWriteAsEio() throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    kernel.writeShortBy(1);

    publishAndFlush(pipeline, "a", 1);

    assertThat(outcomes.told())
        .containsExactly(new Told(1, Outcome.DROPPED_ERROR, Errno.EIO.number()));
  }

  @Test
  void shouldCountAsDetachedWithoutAnErrorWhenNobodyListensAnyMore() throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    kernel.fail(Call.WRITE, Errno.EBADF);

    publishAndFlush(pipeline, "a", 1);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.DROPPED_DETACHED, 0));
    assertThat(pipeline.statistics().errors()).isEmpty();
    assertThat(kernel.calls(Call.REGISTER)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"EINTR", "EFAULT"})
  void shouldWriteAgainWhenTheErrorPasses(Errno errno) throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    kernel.fail(Call.WRITE, errno).fail(Call.WRITE, errno).fail(Call.WRITE, errno);

    publishAndFlush(pipeline, "a", 1);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.WRITTEN, 0));
    assertThat(kernel.calls(Call.WRITE)).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource(names = {"EINTR", "EFAULT"})
  void shouldWriteFourTimesAtMostWhenTheErrorStays(Errno errno) throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    for (int i = 0; i < 4; i++) {
      kernel.fail(Call.WRITE, errno);
    }

    publishAndFlush(pipeline, "a", 1);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.DROPPED_ERROR, errno.number()));
    assertThat(kernel.calls(Call.WRITE)).isEqualTo(4);
  }

  @Test
  void shouldRegisterAgainAndWriteTheSameEventWhenTheRegistrationIsLost() throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    kernel.fail(Call.WRITE, Errno.ENOENT);

    publishAndFlush(pipeline, "a", 1);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.WRITTEN, 0));
    assertThat(texts()).containsExactly("a");
    assertThat(kernel.calls(Call.UNREGISTER)).isEqualTo(1);
    assertThat(kernel.calls(Call.REGISTER)).isEqualTo(2);
    assertThat(kernel.descriptors()).isEqualTo(1);
    assertThat(pipeline.statistics().attachments()).isEqualTo(2);
  }

  @Test
  void shouldWriteTheSameEventOnceMoreOnlyWhenTheNewRegistrationDoesNotServe() throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    kernel.fail(Call.WRITE, Errno.ENOENT).fail(Call.WRITE, Errno.ENOENT);
    kernel.hang(Call.REGISTER).release();
    ScriptedSyscalls.Gate later = kernel.hang(Call.REGISTER);

    publishAndFlush(pipeline, "a", 1);

    assertThat(outcomes.told())
        .containsExactly(new Told(1, Outcome.DROPPED_ERROR, Errno.ENOENT.number()));
    assertThat(kernel.calls(Call.WRITE)).isEqualTo(2);
    // The tracepoint is unregistered, so that publishers stop; later the registration is tried once
    // more.
    assertThat(kernel.registrations()).isZero();
    later.release();
    publishUntilTaken(pipeline);
    assertThat(texts()).containsExactly("late");
    assertThat(kernel.calls(Call.REGISTER)).isEqualTo(3);
  }

  @Test
  void shouldGoOnTryingWhenItCannotBeRegisteredAgain() throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    kernel.fail(Call.WRITE, Errno.ENOENT).fail(Call.OPEN, Errno.EACCES);

    publishAndFlush(pipeline, "a", 1);

    assertThat(outcomes.told())
        .containsExactly(new Told(1, Outcome.DROPPED_ERROR, Errno.ENOENT.number()));
    assertThat(kernel.calls(Call.WRITE)).isEqualTo(1);
    publishUntilTaken(pipeline);
    assertThat(texts()).containsExactly("late");
  }

  @Test
  void shouldHealWhenTheLostRegistrationCannotBeTakenBackAtOnce() throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    // The second is that of the new descriptor, before the word is registered again.
    kernel.fail(Call.WRITE, Errno.ENOENT);
    kernel.fail(Call.UNREGISTER, Errno.EPERM).fail(Call.UNREGISTER, Errno.EPERM);

    publishAndFlush(pipeline, "a", 1);
    publishUntilTaken(pipeline);

    assertThat(outcomes.told())
        .containsExactly(new Told(1, Outcome.DROPPED_ERROR, Errno.ENOENT.number()));
    assertThat(texts()).containsExactly("late");
    assertThat(pipelines.log().warnings()).anyMatch(line -> line.contains("EADDRINUSE"));
    pipeline.close();
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("errnosOfUnregistering")
  void shouldCloseAndHoldTheWordWhenItCannotUnregister(Errno errno) {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    kernel.fail(Call.UNREGISTER, errno);

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();

    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isTrue();
    assertThat(tracepointLog.warnings()).singleElement().asString().contains(errno.name());
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoOnWhenACallThrows(Call call) throws Exception {
    kernel.attach();
    kernel.fail(call, new IllegalStateException("broken call"));
    RecordPipeline pipeline = pipelines.start(tracepoint(kernel, call));

    publishUntilTaken(pipeline);
    publishAndFlush(pipeline, "last", 1);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.WRITTEN, 0));
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
    assertThat(pipelines.log().warnings()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoOnWhenACallHangsUntilItEnds(Call call) throws Exception {
    kernel.attach();
    RecordPipeline pipeline = pipelines.start(tracepoint(kernel, call));
    ScriptedSyscalls.Gate gate = kernel.hang(call);
    if (call != Call.WRITE) {
      kernel.fail(Call.WRITE, Errno.ENOENT);
    }

    publish(pipeline, "a", outcomes, 1);
    gate.awaitEntered();
    assertThat(pipeline.flush()).isNotDone();
    assertThat(outcomes.told()).isEmpty();
    gate.release();
    flush(pipeline);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.WRITTEN, 0));
  }

  /** One that makes the call. */
  private static KernelTracepoint tracepoint(ScriptedSyscalls kernel, Call call) {
    return call == Call.INHERIT ? kernel.inheritingTracepoint(1_000_003) : kernel.tracepoint();
  }

  private void publishAndFlush(RecordPipeline pipeline, String text, long tag) throws Exception {
    assertThat(publish(pipeline, text, outcomes, tag)).isTrue();
    flush(pipeline);
  }

  /** Publishes "late" as soon as it is attached. */
  private static void publishUntilTaken(RecordPipeline pipeline) throws Exception {
    while (!publish(pipeline, "late")) {
      Thread.sleep(5);
    }
    flush(pipeline);
  }

  private List<String> texts() {
    return texts(kernel);
  }

  private static List<String> texts(ScriptedSyscalls kernel) {
    return kernel.events().stream().map(event -> new String(event, US_ASCII)).toList();
  }

  private static Stream<Errno> errnos(Call call, Reaction reaction) {
    return TracepointErrors.rows().stream()
        .filter(row -> row.call() == call && row.reaction() == reaction)
        .map(Row::errno)
        .filter(Objects::nonNull);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.userevents.affinity.CpuSet;
import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.LoopbackTracepoint;
import io.userevents.tracepoint.RegistrationFailures;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class RecordPipelineBuilderTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  @Test
  void shouldBuildWithTheDefaults() {
    RecordPipeline pipeline = pipelines.start(new LoopbackTracepoint("loop"));

    assertThat(pipeline)
        .hasToString(
            "RecordPipeline{eventName=loop, tracepoint=io.userevents.tracepoint.LoopbackTracepoint,"
                + " ringSlots=1024, maxRecordLength=4048, maxEventLength=4048, gatherRecords=true,"
                + " pacing=none, backPressurePolicy=drop, waitStrategy=SLEEPING, idleStrategy=default,"
                + " errorHandler=default, consumerCpu=any,"
                + " consumerCpuRequired=false, threadFactory=default, stateListener=default,"
                + " tracefs=default, dataFileDescriptor=default, registrationWait=PT10S, retryPeriod=PT1M}");
  }

  @Test
  void shouldShowEachSettingOfTheBuilder() {
    String shown = pipelines.start(new LoopbackTracepoint("loop")).toString();

    assertThat(RecordPipelineBuilder.class.getMethods())
        .extracting(Method::getName)
        .filteredOn(name -> name.startsWith("set"))
        .isNotEmpty()
        .allSatisfy(
            setter -> assertThat(shown).containsPattern("(?i)\\b" + setter.substring(3) + "="));
  }

  @Test
  void shouldIgnoreInAnAgentWhatIsItsRunners() {
    try (RecordPipeline pipeline =
        RecordPipeline.builder()
            .setTracepoint(new LoopbackTracepoint("loop"))
            .setWaitStrategy(ConsumerWaitStrategy.BLOCKING)
            .setThreadFactory(Thread::new)
            .setConsumerCpu(0)
            .buildAgent()
            .pipeline()) {
      assertThat(pipeline.toString())
          .contains("waitStrategy=SLEEPING", "threadFactory=default", "consumerCpu=any");
    }
  }

  @Test
  void shouldShowWhatIsOfTheUsersByItsClass(@TempDir Path folder) {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracefs(folder)
                .setRetryPeriod(Duration.ofMillis(250))
                .setConsumerCpu(CpuSet.MAX_CPU)
                .setStateListener(new NoListener())
                .setThreadFactory(new PlainThreads()));

    assertThat(pipeline)
        .asString()
        .contains("tracepoint=io.userevents.tracepoint.KernelTracepoint, ")
        .endsWith(
            ", consumerCpu="
                + CpuSet.MAX_CPU
                + ", consumerCpuRequired=false, threadFactory="
                + PlainThreads.class.getName()
                + ", stateListener="
                + NoListener.class.getName()
                + ", tracefs="
                + folder
                + ", dataFileDescriptor=default, registrationWait=PT10S, retryPeriod=PT0.25S}");
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, 0, 1, 3, 1000, 1 << 25})
  void shouldRefuseRingSlotsThatAreNoPowerOfTwoInRange(int ringSlots) {
    assertThatThrownBy(() -> RecordPipeline.builder().setRingSlots(ringSlots))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ringSlots=" + ringSlots);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 8169})
  void shouldRefuseARecordLengthThatPerfDoesNotDeliver(int length) {
    assertThatThrownBy(() -> RecordPipeline.builder().setMaxRecordLength(length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxRecordLength=" + length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.000999999S", "-PT1S", "PT24H0.000000001S", "P1000000D"})
  void shouldRefuseRetryPeriodsOutOfRange(Duration retryPeriod) {
    assertThatThrownBy(() -> RecordPipeline.builder().setRetryPeriod(retryPeriod))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("retryPeriod must be 1 ms to 1 day: retryPeriod=" + retryPeriod);
  }

  @ParameterizedTest
  @CsvSource({
    "999, 10000, bytesPerSecond=999",
    "1000000000001, 10000, bytesPerSecond=1000000000001",
    "-1, 10000, bytesPerSecond=-1",
    "0, 1, bytesPerSecond=0",
    "1000, 0, burstBytes=0",
    "1000, -1, burstBytes=-1",
    "1000, 1073741825, burstBytes=1073741825"
  })
  void shouldRefusePacingOutOfRange(long bytesPerSecond, int burstBytes, String found) {
    assertThatThrownBy(() -> RecordPipeline.builder().setPacing(bytesPerSecond, burstBytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(found);
  }

  @Test
  void shouldRefuseABurstThatTheLongestEventDoesNotFitInto() {
    RecordPipelineBuilder builder =
        RecordPipeline.builder()
            .setTracepoint(new LoopbackTracepoint("loop"))
            .setMaxRecordLength(8168)
            .setPacing(1_000_000, 8255);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("burstBytes=8255 needed=8256")
        .hasMessageContaining("8168 bytes");
    assertThat(pipelines.start(builder.setPacing(1_000_000, 8256)))
        .asString()
        .contains(", pacing=1000000B/s+8256B, ");
  }

  @Test
  void shouldSwitchPacingOffByZeros() {
    RecordPipelineBuilder builder =
        RecordPipeline.builder()
            .setTracepoint(new LoopbackTracepoint("loop"))
            .setPacing(1000, 9000);

    assertThat(pipelines.start(builder.setPacing(0, 0))).asString().contains(", pacing=none, ");
  }

  @Test
  void shouldTryAgainWithinTheRetryPeriod() throws Exception {
    ScriptedTracepoint tracepoint = new ScriptedTracepoint();
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRetryPeriod(Duration.ofMillis(1)));

    while (pipeline.state() == TracepointState.UNAVAILABLE) {
      Thread.sleep(1);
    }

    assertThat(tracepoint.registrations).hasValue(2);
  }

  @Test
  void shouldRegisterWhereItIsTold(@TempDir Path folder) {
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracefs(folder.resolve("tracing")));

    assertThat(pipeline.state()).isEqualTo(TracepointState.UNAVAILABLE);
    assertThat(pipelines.log().warnings())
        .singleElement(as(STRING))
        .contains(folder.resolve("tracing").resolve("user_events_data").toString());
  }

  @Test
  void shouldRegisterWithTheFileThatItIsTold(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("mounted_elsewhere"));
    RecordPipeline pipeline = pipelines.start(RecordPipeline.builder().setTracefs(file));

    assertThat(pipeline.state()).isEqualTo(TracepointState.UNAVAILABLE);
    assertThat(pipelines.log().warnings())
        .singleElement(as(STRING))
        .contains("call=ioctl(DIAG_IOCSREG) path=" + file + " ");
  }

  @Test
  void shouldRegisterThroughTheDescriptorThatItIsTold(@TempDir Path folder) {
    int unused = 1_000_000;
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder().setTracefs(folder).setDataFileDescriptor(unused).copy());

    assertThat(pipeline).asString().contains(", dataFileDescriptor=1000000, ");
    assertThat(pipeline.state()).isEqualTo(TracepointState.UNAVAILABLE);
    assertThat(pipelines.log().warnings())
        .singleElement(as(STRING))
        .contains("call=inherited descriptor")
        .contains("descriptor=1000000 named_by=setting")
        .contains("EBADF (9, ")
        .contains("docs/permissions.md");
  }

  @Test
  void shouldFindTheFileAgainWhenTheDescriptorIsTakenBack(@TempDir Path folder) {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracefs(folder)
                .setDataFileDescriptor(0)
                .setDataFileDescriptor(-1));

    assertThat(pipeline).asString().contains(", dataFileDescriptor=default, ");
    assertThat(pipelines.log().warnings())
        .singleElement(as(STRING))
        .contains("path=" + folder.resolve("user_events_data"));
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, Integer.MIN_VALUE})
  void shouldRefuseDescriptorsThatThereCannotBe(int descriptor) {
    assertThatThrownBy(() -> RecordPipeline.builder().setDataFileDescriptor(descriptor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dataFileDescriptor=" + descriptor);
  }

  @Test
  void shouldCopyAllSettings() {
    RecordPipelineBuilder builder =
        RecordPipeline.builder()
            .setTracepoint(new LoopbackTracepoint("loop"))
            .setRingSlots(8)
            .setMaxRecordLength(100)
            .setMaxEventLength(200)
            .setGatherRecords(false)
            .setPacing(5000, 4200)
            .setBackPressurePolicy(BackPressurePolicies.spinThenDrop(5))
            .setWaitStrategy(ConsumerWaitStrategy.BLOCKING)
            .setConsumerCpu(0);

    RecordPipelineBuilder copy = builder.copy();
    builder.setRingSlots(16).setTracepoint(new LoopbackTracepoint("other"));

    RecordPipeline ofCopy = pipelines.start(copy);
    assertThat(ofCopy)
        .hasToString(
            "RecordPipeline{eventName=loop, tracepoint=io.userevents.tracepoint.LoopbackTracepoint,"
                + " ringSlots=8, maxRecordLength=100, maxEventLength=200, gatherRecords=false,"
                + " pacing=5000B/s+4200B, backPressurePolicy=spinThenDrop(5), waitStrategy=BLOCKING, idleStrategy=default,"
                + " errorHandler=default, consumerCpu=0,"
                + " consumerCpuRequired=false, threadFactory=default, stateListener=default,"
                + " tracefs=default, dataFileDescriptor=default, registrationWait=PT10S, retryPeriod=PT1M}");
    assertThat(pipelines.start(builder))
        .asString()
        .contains("eventName=other, ")
        .contains(" ringSlots=16, ");
  }

  @Test
  void shouldCopyWhereItRegistersAndWhoIsTold(@TempDir Path folder) {
    List<String> told = new CopyOnWriteArrayList<>();
    RecordPipelineBuilder builder =
        RecordPipeline.builder()
            .setEventName("orders")
            .setTracefs(folder)
            .setRetryPeriod(Duration.ofMillis(250))
            .setStateListener(
                new TracepointStateListener() {
                  @Override
                  public void onStateChange(TracepointState previous, TracepointState current) {
                    told.add("state " + current);
                  }
                })
            .setThreadFactory(
                task -> {
                  told.add("thread");
                  return new Thread(task);
                });

    RecordPipeline pipeline = pipelines.start(builder.copy());

    assertThat(pipelines.log().warnings())
        .singleElement(as(STRING))
        .contains(folder.resolve("user_events_data").toString(), "every 250 to 250 ms", "orders");
    pipeline.close();
    assertThat(told).containsExactly("thread", "state CLOSED");
    assertThatThrownBy(
            () ->
                RecordPipeline.builder()
                    .setTracepoint(new LoopbackTracepoint("loop"))
                    .setConsumerCpu(CpuSet.MAX_CPU)
                    .setConsumerCpuRequired(true)
                    .copy()
                    .build())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldShareATracepointWithItsCopyForOnePipelineInAll() {
    RecordPipelineBuilder builder =
        RecordPipeline.builder().setTracepoint(new LoopbackTracepoint("loop"));
    RecordPipelineBuilder copy = builder.copy();
    pipelines.start(copy);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("one pipeline for each tracepoint");
  }

  @Test
  void shouldRefuseARingOfTwoGibibytes() {
    RecordPipelineBuilder builder =
        RecordPipeline.builder()
            .setTracepoint(new LoopbackTracepoint("loop"))
            .setRingSlots(1 << 24)
            .setMaxRecordLength(4048);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ringSlots=16777216")
        .hasMessageContaining("maxRecordLength=4048");
  }

  @Test
  void shouldRefuseTwoPipelinesWithOneTracepoint() {
    RecordPipelineBuilder builder =
        RecordPipeline.builder().setTracepoint(new LoopbackTracepoint("loop"));
    pipelines.start(builder);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("one pipeline for each tracepoint");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a b", "a;b"})
  void shouldRefuseAnEventNameThatIsNone(String eventName) {
    assertThatThrownBy(() -> RecordPipeline.builder().setEventName(eventName))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("eventName=" + eventName);
  }

  private static final class NoListener implements TracepointStateListener {}

  private static final class PlainThreads implements ThreadFactory {
    @Override
    public Thread newThread(Runnable task) {
      return new Thread(task);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void shouldRunWithTheSmallestRings(int ringSlots) throws Exception {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(ringSlots));

    for (int i = 0; i < 20; i++) {
      assertThat(Pipelines.publish(pipeline, "x")).isTrue();
      Pipelines.flush(pipeline);
    }

    assertThat(tracepoint.texts()).hasSize(20);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.pipeline.TracepointState;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.KernelTracepoint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors of {@code user_events_data} that another program has opened. */
@Tag("kernel")
final class PassedDescriptorTest {

  private static final String DATA_FILE = Tracing.TRACEFS.resolve("user_events_data").toString();
  private static final String SET_TO_3 =
      "export JAVA_TOOL_OPTIONS=-D" + ExportingProcess.DESCRIPTOR_PROPERTY + "=3; ";
  private static final String EXEC_AS_NOBODY = "exec " + Nobody.SETPRIV + " \"$@\"";
  private static final int O_RDWR = 2;
  private static final int O_APPEND = 0x400;

  @TempDir Path folder;

  private final Syscalls calls = Syscalls.ofThisMachine();
  private int fd = -1;

  @AfterEach
  void leaveNoEvent() throws Exception {
    if (fd >= 0) {
      calls.close(fd);
    }
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }

  /** The process has no right to open the file, and its mount namespace has no tracefs. */
  @Test
  void shouldExportThroughADescriptorWithoutAnyRightOnTracefsAndWithoutSeeingIt() throws Exception {
    assertExports(
        "unshare -m sh -euc 'exec 3>"
            + DATA_FILE
            + "; umount -R /sys/kernel/debug; umount --lazy /sys/kernel/tracing; "
            + SET_TO_3
            + EXEC_AS_NOBODY
            + "' sh \"$@\"");
  }

  /** A descriptor as systemd passes it: read-write, and among others. */
  @Test
  void shouldExportThroughTheDescriptorThatAServiceManagerPassesByName() throws Exception {
    assertExports(
        "exec 3</dev/null 4<>"
            + DATA_FILE
            + "; export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=http:user_events_data; "
            + EXEC_AS_NOBODY);
  }

  @Test
  void shouldRegisterAgainThroughTheDescriptorWhenTheKernelDoesNotKnowTheRegistration()
      throws Exception {
    Nobody.letReadTheClassPath();
    Path log = folder.resolve("log");
    try (ExportingProcess process =
        ExportingProcess.startByShell(
            "again",
            log,
            "exec 3>" + DATA_FILE + " 4>" + DATA_FILE + "; " + SET_TO_3 + EXEC_AS_NOBODY)) {
      Tracing.await("registration", Tracing::eventExists);
      PerfReader perf = PerfReader.start();
      assertThat(process.ask("add 1")).isEqualTo("success=true written=1");
      // The file that has the number now was opened separately, and nothing is registered with it.
      assertThat(process.ask("dup2 4 3")).isEqualTo("3");
      assertThat(process.ask("add 2")).isEqualTo("success=true written=2");
      assertThat(process.ask("add 3")).isEqualTo("success=true written=3");
      assertThat(Received.metrics(perf.end())).hasSize(3);
      assertThat(process.end()).isZero();
    }
    assertThat(ExportingProcess.warnings(log))
        .singleElement()
        .asString()
        .contains("does not know the registration");
  }

  /**
   * The kernel would accept a registration with it and refuse each write as if no listener were
   * attached.
   */
  @Test
  void shouldSayOnceThatTheDescriptorIsForReadingOnlyAndRunOn() throws Exception {
    Path log = folder.resolve("log");
    try (ExportingProcess process =
        ExportingProcess.startByShell(
            "read-only", log, "exec 3<" + DATA_FILE + "; " + SET_TO_3 + "exec \"$@\"")) {
      assertThat(process.ask("add 1")).isEqualTo("success=true written=0");
      // Longer than the first pause between attempts to register.
      TimeUnit.MILLISECONDS.sleep(2500);
      assertThat(process.ask("add 2")).isEqualTo("success=true written=0");
      assertThat(process.end()).isZero();
    }
    assertThat(ExportingProcess.warnings(log))
        .singleElement()
        .asString()
        .contains("path=" + DATA_FILE + " descriptor=3 named_by=setting")
        .contains("EACCES (13, ")
        .contains("for writing");
  }

  @Test
  void shouldSayThatThePassedDescriptorIsOfAnotherProcess() throws Exception {
    Nobody.letReadTheClassPath();
    Path log = folder.resolve("log");
    try (ExportingProcess process =
        ExportingProcess.startByShell(
            "child",
            log,
            "exec 3>"
                + DATA_FILE
                + "; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=user_events_data; "
                + Nobody.SETPRIV
                + " \"$@\"; exit $?")) {
      assertThat(process.ask("add 1")).isEqualTo("success=true written=0");
      assertThat(process.end()).isZero();
    }
    assertThat(ExportingProcess.warnings(log))
        .singleElement()
        .asString()
        .contains("call=open path=" + DATA_FILE)
        .contains("EACCES (13, ")
        .contains("OpenFile=")
        .contains("is not this process, pid=");
  }

  @ParameterizedTest
  @ValueSource(ints = {Syscalls.O_WRONLY, O_RDWR, O_RDWR | O_APPEND, Syscalls.O_WRONLY | O_APPEND})
  void shouldWriteThroughADescriptorThatIsOpenForWritingInAnyWay(int flags) throws Exception {
    open(flags);
    KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT, fd);
    tracepoint.register();
    Tracing.clear();
    Tracing.enable(true);
    try {
      assertThat(tracepoint.isRecording()).isTrue();
      assertThat(write(tracepoint)).isZero();
      assertThat(write(tracepoint)).isZero();
      assertThat(Tracing.recordedEvents()).isEqualTo(2);
    } finally {
      Tracing.enable(false);
      tracepoint.close();
    }
  }

  @Test
  void shouldHoldTheEventUntilTheDescriptorIsClosed() throws Exception {
    open(Syscalls.O_WRONLY);
    KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT, fd);
    String where = tracepoint.register();
    assertThat(where)
        .startsWith(DATA_FILE + " descriptor=" + fd + " named_by=setting write_index=0 syscalls=");
    tracepoint.close();
    assertThat(Tracing.eventExists()).isTrue();

    assertThat(tracepoint.register()).isEqualTo(where);
    Tracing.enable(true);
    assertThat(tracepoint.isEnabled()).isTrue();
    assertThat(write(tracepoint)).isZero();
    Tracing.enable(false);
    tracepoint.close();
    assertThat(Errno.EBADF.is(calls.close(fd))).isFalse();
    fd = -1;
  }

  @Test
  void shouldBeSharedByPipelinesOfTheSameAndOfOtherEvents() throws Exception {
    open(Syscalls.O_WRONLY);
    RecordPipeline first = RecordPipeline.builder().setDataFileDescriptor(fd).build();
    RecordPipeline second = RecordPipeline.builder().setDataFileDescriptor(fd).build();
    RecordPipeline other =
        RecordPipeline.builder().setEventName("other_event").setDataFileDescriptor(fd).build();
    Tracing.clear();
    Tracing.enable(true);
    try {
      awaitAttached(first);
      awaitAttached(second);
      assertThat(other.state()).isEqualTo(TracepointState.REGISTERED);
      publishAndClose(first, Outcome.WRITTEN);
      publishAndClose(second, Outcome.WRITTEN);
      publishAndClose(other, Outcome.DROPPED_DETACHED);
      assertThat(Tracing.recordedEvents()).isEqualTo(2);
    } finally {
      Tracing.enable(false);
    }
    assertThat(calls.fcntl(fd, Syscalls.F_GETFL, 0)).isNotNegative();
  }

  private void assertExports(String script) throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Tracing.TRACEFS)))
        .as("rights on tracefs")
        .isEqualTo("rwx------");
    Nobody.letReadTheClassPath();
    Path log = folder.resolve("log");
    try (ExportingProcess process = ExportingProcess.startByShell("passed", log, script)) {
      assertThat(process.ask("add 1")).isEqualTo("success=true written=0");
      Tracing.await("registration", Tracing::eventExists);
      PerfReader perf = PerfReader.start();
      assertThat(process.ask("add 5")).isEqualTo("success=true written=1");
      assertThat(Received.metrics(perf.end()))
          .singleElement()
          .satisfies(
              metric -> assertThat(metric.getSum().getDataPoints(0).getAsInt()).isEqualTo(5));
      // Without a reader, the export succeeds and no process receives it.
      assertThat(process.ask("add 7")).isEqualTo("success=true written=1");
      assertThat(process.end()).isZero();
    }
    assertThat(ExportingProcess.warnings(log)).isEmpty();
  }

  private void open(int flags) {
    fd = calls.open(DATA_FILE, flags | Syscalls.O_CLOEXEC);
    assertThat(fd).isNotNegative();
  }

  private static int write(KernelTracepoint tracepoint) {
    EventVector event = new EventVector(1, 100);
    try {
      UnsafeBuffer record = record();
      NativeRegion region = NativeRegion.allocate(record.capacity(), 8);
      region.buffer().putBytes(0, record, 0, record.capacity());
      event.add(region.buffer(), 0, record.capacity());
      int result = tracepoint.write(event);
      region.free();
      return result;
    } finally {
      event.free();
    }
  }

  private static void awaitAttached(RecordPipeline pipeline) throws Exception {
    Tracing.await("attachment", () -> pipeline.state() == TracepointState.ATTACHED);
  }

  private static void publishAndClose(RecordPipeline pipeline, Outcome expected) throws Exception {
    UnsafeBuffer record = record();
    pipeline.publish(record, 0, record.capacity());
    pipeline.closeAsync().get(300, TimeUnit.SECONDS);
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.offered()).isEqualTo(1);
    assertThat(statistics.count(expected)).as("%s", statistics).isEqualTo(1);
  }

  private static UnsafeBuffer record() {
    return new UnsafeBuffer("record".getBytes(StandardCharsets.US_ASCII));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.tracepoint.KernelTracepoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The kernel state that an exporter leaves behind, and its log when it cannot register. */
@Tag("kernel")
final class LifeCycleTest {

  @TempDir Path folder;

  @RegisterExtension final Exporters exporters = new Exporters();

  @Test
  void shouldLeaveNeitherEventNorDescriptorsBehindWhenClosed() throws Exception {
    long descriptorsBefore = openDataFiles();
    for (int i = 0; i < 20; i++) {
      UserEventsMetricExporter exporter = exporters.create();
      assertThat(Tracing.eventExists()).isTrue();
      assertThat(openDataFiles()).isEqualTo(descriptorsBefore + 1);
      assertThat(exporter.shutdown().join(300, TimeUnit.SECONDS).isSuccess()).isTrue();
      assertThat(openDataFiles()).isEqualTo(descriptorsBefore);
    }
    Tracing.await("end of the event", () -> !Tracing.eventExists());
    assertThat(Tracing.run("cat", Tracing.TRACEFS.resolve("user_events_status").toString()))
        .contains("Active: 0");
  }

  @Test
  void shouldLiveOnUnharmedWhenClosedWhileAListenerIsAttached() throws Exception {
    try (ExportingProcess process = ExportingProcess.start("closing", folder.resolve("log"))) {
      Tracing.enable(true);
      assertThat(process.ask("add 1")).isEqualTo("success=true written=1");
      assertThat(process.end()).isZero();
      // The event outlives its process while a listener is attached.
      assertThat(Tracing.eventExists()).isTrue();
    }
    KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT);
    UserEventsMetricExporter exporter = exporters.create(tracepoint);
    assertThat(exporter.isAttached()).isTrue();
    assertThat(tracepoint.isEnabled()).isTrue();
    assertThat(exporter.shutdown().join(300, TimeUnit.SECONDS).isSuccess()).isTrue();
    assertThat(tracepoint.isEnabled()).isFalse();
    // The kernel no longer writes into this process, although the event still exists and is
    // toggled.
    KernelTracepoint holder = new KernelTracepoint(Tracing.EVENT);
    holder.register();
    for (int i = 0; i < 10; i++) {
      boolean enabled = i % 2 == 0;
      Tracing.enable(enabled);
      assertThat(holder.isEnabled()).isEqualTo(enabled);
      assertThat(tracepoint.isEnabled()).isFalse();
    }
    holder.close();
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }

  /**
   * Registered by a thread that stays alive, because the kernel forgets the enable words that a
   * thread has registered when it ends, as an exporter's does ({@code user_event_mm_remove()} in
   * kernel/trace/trace_events_user.c, Linux 6.12).
   */
  @Test
  void shouldBeWrittenToNoMoreByTheKernelWhenTheTracepointIsClosed() throws Exception {
    KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT);
    KernelTracepoint holder = new KernelTracepoint(Tracing.EVENT);
    tracepoint.register();
    holder.register();
    Tracing.enable(true);
    assertThat(tracepoint.isEnabled()).isTrue();
    tracepoint.close();
    for (int i = 0; i < 4; i++) {
      boolean enabled = i % 2 != 0;
      Tracing.enable(enabled);
      assertThat(holder.isEnabled()).isEqualTo(enabled);
      assertThat(tracepoint.isEnabled()).isFalse();
    }
    Tracing.enable(false);
    holder.close();
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }

  @Test
  void shouldSayOnceThatTracefsIsMissingAndRunOn() throws Exception {
    Path log = folder.resolve("log");
    try (ExportingProcess process =
        ExportingProcess.start(
            "no-tracefs",
            log,
            "unshare",
            "-m",
            "sh",
            "-c",
            "umount -R /sys/kernel/debug; umount --lazy /sys/kernel/tracing; exec \"$@\"",
            "sh")) {
      assertRunsOn(process);
    }
    assertThat(ExportingProcess.warnings(log))
        .singleElement()
        .asString()
        .contains("path=/sys/kernel/tracing/user_events_data")
        .contains("ENOENT (2, ")
        .contains("mount -t tracefs");
  }

  @Test
  void shouldSayOnceThatPermissionIsMissingAndRunOn() throws Exception {
    Path log = folder.resolve("log");
    Nobody.letReadTheClassPath();
    try (ExportingProcess process = ExportingProcess.start("no-permission", log, Nobody.prefix())) {
      assertRunsOn(process);
    }
    assertThat(ExportingProcess.warnings(log))
        .singleElement()
        .asString()
        .contains("path=/sys/kernel/tracing/user_events_data")
        .contains("EACCES (13, ")
        .contains("chmod");
  }

  /** Gives exactly the rights that the documentation asks for. */
  @Test
  void shouldExportAsAnyUserWhoMayEnterTracefsAndWriteTheDataFile() throws Exception {
    Path log = folder.resolve("log");
    Nobody.letReadTheClassPath();
    Path dataFile = Tracing.TRACEFS.resolve("user_events_data");
    Set<PosixFilePermission> tracefsBefore = Files.getPosixFilePermissions(Tracing.TRACEFS);
    Set<PosixFilePermission> dataFileBefore = Files.getPosixFilePermissions(dataFile);
    try {
      Nobody.permit(Tracing.TRACEFS, Set.of(PosixFilePermission.OTHERS_EXECUTE));
      Nobody.permit(dataFile, Set.of(PosixFilePermission.OTHERS_WRITE));
      try (ExportingProcess process = ExportingProcess.start("permission", log, Nobody.prefix())) {
        PerfReader perf = PerfReader.start();
        assertThat(process.ask("add 5")).isEqualTo("success=true written=1");
        assertThat(Received.metrics(perf.end()))
            .singleElement()
            .satisfies(
                metric -> assertThat(metric.getSum().getDataPoints(0).getAsInt()).isEqualTo(5));
        assertThat(process.end()).isZero();
      }
    } finally {
      Files.setPosixFilePermissions(dataFile, dataFileBefore);
      Files.setPosixFilePermissions(Tracing.TRACEFS, tracefsBefore);
    }
    assertThat(ExportingProcess.warnings(log)).isEmpty();
  }

  @Test
  void shouldSayOnceThatTheFieldsDifferAndRunOn() throws Exception {
    Path log = folder.resolve("log");
    try (ForeignEvent other = new ForeignEvent(Tracing.EVENT + " u32 other");
        ExportingProcess process = ExportingProcess.start("other-fields", log)) {
      assertThat(other).isNotNull();
      assertRunsOn(process);
    }
    assertThat(ExportingProcess.warnings(log))
        .singleElement()
        .asString()
        .contains("path=/sys/kernel/tracing/user_events_data")
        .contains("EADDRINUSE (98, ")
        .contains("choose another event name");
  }

  /** Exports for longer than the first pause between attempts to register. */
  private static void assertRunsOn(ExportingProcess process) throws Exception {
    assertThat(process.ask("add 1")).isEqualTo("success=true written=0");
    TimeUnit.MILLISECONDS.sleep(2500);
    assertThat(process.ask("add 2")).isEqualTo("success=true written=0");
    assertThat(process.end()).isZero();
  }

  private static long openDataFiles() throws Exception {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(Files::isSymbolicLink)
          .filter(
              descriptor -> {
                try {
                  return Files.readSymbolicLink(descriptor).endsWith("user_events_data");
                } catch (IOException e) {
                  // Closed since it was listed.
                  return false;
                }
              })
          .count();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.Tracefs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where the exporter finds {@code user_events_data} in mount namespaces like those of containers.
 */
@Tag("kernel")
final class DataFileMountTest {

  private static final String DATA_FILE = "/sys/kernel/tracing/user_events_data";
  private static final String MOUNT_FILE =
      "touch /run/metrics; mount --bind " + DATA_FILE + " /run/metrics; ";
  private static final String UNMOUNT_TRACEFS =
      "umount -R /sys/kernel/debug; umount /sys/kernel/tracing; ";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The file alone, by another name.
        MOUNT_FILE + UNMOUNT_TRACEFS + "| /run/metrics",
        // The file alone, at its usual place. This needs a file system in which files can be
        // created.
        MOUNT_FILE
            + UNMOUNT_TRACEFS
            + "mount -t tmpfs none /sys/kernel/tracing; touch "
            + "/sys/kernel/tracing/user_events_data; mount --move /run/metrics"
            + " /sys/kernel/tracing/user_events_data; | /sys/kernel/tracing/user_events_data",
        // The whole tracefs, at another place.
        "mkdir /run/tracefs; mount --bind /sys/kernel/tracing /run/tracefs; "
            + UNMOUNT_TRACEFS
            + "| /run/tracefs/user_events_data",
        // Another file of tracefs is not accepted.
        "touch /run/marker; mount --bind /sys/kernel/tracing/trace_marker /run/marker; "
            + MOUNT_FILE
            + UNMOUNT_TRACEFS
            + "| /run/metrics",
        // The place in debugfs.
        "umount /sys/kernel/tracing; | /sys/kernel/debug/tracing/user_events_data",
      })
  void shouldExportThroughTheFileWhereverItIsMounted(String mounts, String path) throws Exception {
    assertExports("unshare -m sh -euc '" + mounts + "exec \"$@\"' sh \"$@\"", path);
  }

  /** A user who may not enter tracefs can use a mount of the file, if the user may write to it. */
  @Test
  void shouldExportAsNobodyThroughAMountOfTheFile() throws Exception {
    Nobody.letReadTheClassPath();
    assertExports(
        "unshare -m sh -euc '"
            + MOUNT_FILE
            + "chmod o+w /run/metrics; trap \"chmod o-w /run/metrics\" EXIT; "
            + Nobody.SETPRIV
            + " \"$@\"' sh \"$@\"",
        "/run/metrics");
  }

  @Test
  void shouldFindTracefsForListenersWhenFilesOfItAreMountedToo() throws Exception {
    Path place = Files.createFile(folder.resolve("data"));
    Tracing.run("mount", "--bind", DATA_FILE, place.toString());
    try {
      assertThat(Tracefs.find()).contains(Tracing.TRACEFS);
    } finally {
      Tracing.run("umount", place.toString());
    }
  }

  private void assertExports(String script, String path) throws Exception {
    Path log = folder.resolve("log");
    try (ExportingProcess process = ExportingProcess.startByShell("mounted", log, script)) {
      Tracing.await("registration", Tracing::eventExists);
      Tracing.clear();
      Tracing.enable(true);
      assertThat(process.ask("add 5")).isEqualTo("success=true written=1");
      Tracing.enable(false);
      assertThat(process.end()).isZero();
    }
    assertThat(Tracing.recordedEvents()).isEqualTo(1);
    assertThat(ExportingProcess.warnings(log)).isEmpty();
    assertThat(Files.readString(log)).contains("registered tracepoint otlp_metrics: " + path + " ");
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }
}

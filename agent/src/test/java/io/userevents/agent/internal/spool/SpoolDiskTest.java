// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static io.userevents.agent.internal.spool.Batches.append;
import static io.userevents.agent.internal.spool.Batches.take;
import static io.userevents.agent.internal.spool.Batches.takeAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.agent.internal.spool.SpoolSettings.Sync;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spools on a disk that is full, and in a folder that cannot be written. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpoolDiskTest {

  private static final SpoolSettings SETTINGS =
      SpoolSettings.builder().setSegmentBytes(100_000).build();

  @TempDir Path parent = Path.of("");

  /** Runs a command that needs root or a file system that knows it; skips the test if it fails. */
  private static void require(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      String line =
          "SpoolDiskTest: skipped, as a command failed: "
              + String.join(" ", command)
              + ": "
              + output;
      System.out.println(line);
      Assumptions.abort(line);
    }
  }

  @Test
  void shouldStayUsableOnADiskThatIsFull() throws Exception {
    Path disk = Files.createDirectory(parent.resolve("disk"));
    require("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", disk.toString());
    try {
      for (Sync sync : Sync.values()) {
        fill(disk.resolve(sync.name()), sync);
      }
    } finally {
      require("umount", disk.toString());
    }
  }

  private static void fill(Path folder, Sync sync) throws IOException {
    SpoolSettings settings = SpoolSettings.builder().setSegmentBytes(100_000).setSync(sync).build();
    List<String> appended = new ArrayList<>();
    try (Spool spool = Spool.open(folder, settings)) {
      int refused = 0;
      for (int i = 0; refused < 10; i++) {
        String text = String.format("%030000d", i);
        try {
          append(spool, text, 1);
          appended.add(text);
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("No space left on device");
          refused++;
        }
        assertThat(spool.batches()).isEqualTo(appended.size());
      }
      assertThat(appended.size()).isBetween(15, 35);

      for (int i = 0; i < 6; i++) {
        assertThat(take(spool)).isEqualTo(appended.remove(0));
      }
      append(spool, "there is room again", 1);
      appended.add("there is room again");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
    try (CapturedLog log = new CapturedLog();
        Spool spool = Spool.open(folder, settings)) {
      assertThat(log.lines).singleElement().asString().doesNotContain("damaged");
      assertThat(takeAll(spool)).isEqualTo(appended);
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldSayWhatIsNeededInAFolderThatCannotBeWritten() throws Exception {
    Path disk = Files.createDirectory(parent.resolve("disk"));
    require("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", disk.toString());
    try {
      Spool.open(disk.resolve("spool"), SETTINGS).close();
      require("mount", "-o", "remount,ro", disk.toString());

      for (String name : List.of("spool", "another")) {
        assertThatThrownBy(() -> Spool.open(disk.resolve(name), SETTINGS))
            .isInstanceOf(SpoolException.class)
            .hasMessageStartingWith("cannot open the spool: folder=" + disk.resolve(name))
            .hasMessageContaining("Read-only file system")
            .hasMessageContaining("must be readable and writable for the user of this process");
      }
    } finally {
      require("umount", disk.toString());
    }
  }

  @Test
  void shouldStayUsableWhenTheFolderCannotBeWrittenForAWhile() throws Exception {
    Path folder = parent.resolve("spool");
    try (Spool spool = Spool.open(folder, SETTINGS)) {
      append(spool, "a".repeat(60_000), 1);
      append(spool, "b".repeat(60_000), 1);
      require("chattr", "+i", folder.toString());
      try {
        assertThatThrownBy(() -> append(spool, "c".repeat(60_000), 1))
            .isInstanceOf(IOException.class);
        assertThat(spool.batches()).isEqualTo(2);
        append(spool, "small", 1);
        assertThat(spool.peek()).isNotNull();
        assertThatThrownBy(spool::remove).isInstanceOf(IOException.class);
        assertThat(spool.batches()).isEqualTo(2);
      } finally {
        require("chattr", "-i", folder.toString());
      }
      append(spool, "c".repeat(60_000), 1);
      assertThat(takeAll(spool)).containsExactly("b".repeat(60_000), "small", "c".repeat(60_000));
      assertThat(spool.takeLosses().isNone()).isTrue();
      assertThat(spool.bytes()).isZero();
    }
  }
}

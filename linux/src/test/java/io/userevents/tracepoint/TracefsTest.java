// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracefsTest {

  private static final String PROC = "22 1 0:21 / /proc rw,nosuid - proc proc rw";

  @Test
  void shouldFindTheUsualMount() {
    assertThat(folder(PROC, mount("/", "/sys/kernel/tracing")))
        .isEqualTo(Path.of("/sys/kernel/tracing"));
  }

  @Test
  void shouldPreferTheUsualMountToAnEarlierOne() {
    assertThat(folder(mount("/", "/sys/kernel/debug/tracing"), mount("/", "/sys/kernel/tracing")))
        .isEqualTo(Path.of("/sys/kernel/tracing"));
  }

  @Test
  void shouldTakeTheFirstOfUnusualMounts() {
    assertThat(folder(mount("/", "/mnt/a"), mount("/", "/mnt/b"))).isEqualTo(Path.of("/mnt/a"));
  }

  @Test
  void shouldGoByTheTypeAndNotByTheSource() {
    assertThat(
            folder(
                "30 1 0:12 / /mnt/tracefs rw shared:3 - tmpfs tracefs rw",
                "31 1 0:13 / /mnt/t rw master:1 propagate_from:2 - tracefs anything rw"))
        .isEqualTo(Path.of("/mnt/t"));
  }

  @Test
  void shouldUndoTheEscapesOfTheMountTable() {
    assertThat(folder(mount("/", "/mnt/a\\040b\\011c\\134d\\040")))
        .isEqualTo(Path.of("/mnt/a b\tc\\d "));
  }

  @Test
  void shouldFindNothingWhenTracefsIsNotMounted() {
    assertThat(Tracefs.folder(TracefsMount.parse(List.of(PROC)))).isEmpty();
  }

  @Test
  void shouldIgnoreLinesThatAreNoMounts() {
    assertThat(
            TracefsMount.parse(
                List.of("", " ", " - ", " - tracefs", "1 2 3 - tracefs x", "tracefs /mnt tracefs")))
        .isEmpty();
  }

  @Test
  void shouldNotTakeAMountOfAPartForTracefs() {
    assertThat(
            folder(
                mount("/user_events_data", "/sys/kernel/tracing/user_events_data"),
                mount("/instances/mine", "/mnt/instance"),
                mount("/", "/mnt/t")))
        .isEqualTo(Path.of("/mnt/t"));
  }

  @Test
  void shouldFindTheDataFileInTheFirstMountThatHasIt() {
    assertThat(
            dataFile(
                Set.of("/mnt/b/user_events_data", "/mnt/c/user_events_data"),
                mount("/", "/mnt/a"),
                mount("/", "/mnt/b"),
                mount("/", "/mnt/c")))
        .isEqualTo(Path.of("/mnt/b/user_events_data"));
  }

  /** As in a container, into which nothing but the file is mounted, by any name. */
  @Test
  void shouldFindTheDataFileThatIsMountedAlone() {
    assertThat(
            dataFile(
                Set.of("/run/marker", "/run/data"),
                mount("/trace_marker", "/run/marker"),
                mount("/user_events_data", "/run/data")))
        .isEqualTo(Path.of("/run/data"));
  }

  /** A user without access to tracefs reaches the file by the mount of the file alone. */
  @Test
  void shouldPreferAFileThatCanBeReachedToTheUsualOneThatCannot() {
    assertThat(
            dataFile(
                Set.of("/run/data"),
                mount("/", "/sys/kernel/tracing"),
                mount("/user_events_data", "/run/data")))
        .isEqualTo(Path.of("/run/data"));
  }

  @Test
  void shouldNameTheUsualFileWhenNoneCanBeReached() {
    assertThat(dataFile(Set.of(), mount("/", "/mnt/a"), mount("/", "/sys/kernel/tracing")))
        .isEqualTo(Path.of("/sys/kernel/tracing/user_events_data"));
    assertThat(dataFile(Set.of(), PROC)).isEqualTo(Path.of("/sys/kernel/tracing/user_events_data"));
    assertThat(dataFile(Set.of(), mount("/", "/mnt/a")))
        .isEqualTo(Path.of("/mnt/a/user_events_data"));
  }

  @Test
  void shouldTakeTheFolderOrTheFileThatIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("data"));
    Path missing = folder.resolve("later");

    assertThat(Tracefs.dataFile(folder)).isEqualTo(folder.resolve("user_events_data"));
    assertThat(Tracefs.dataFile(file)).isEqualTo(file);
    assertThat(Tracefs.dataFile(missing)).isEqualTo(missing.resolve("user_events_data"));
    assertThat(Tracefs.dataFile(missing.resolve("user_events_data")))
        .isEqualTo(missing.resolve("user_events_data"));
    assertThat(Tracefs.dataFile(Path.of("/"))).isEqualTo(Path.of("/user_events_data"));
  }

  @Test
  void shouldTakeAFolderForOneWhateverItsName(@TempDir Path parent) throws IOException {
    Path folder = Files.createDirectory(parent.resolve("user_events_data"));

    assertThat(Tracefs.dataFile(folder)).isEqualTo(folder.resolve("user_events_data"));
  }

  private static String mount(String root, String place) {
    return "41 22 0:12 " + root + " " + place + " rw,relatime shared:7 - tracefs tracefs rw";
  }

  private static Path folder(String... mountinfo) {
    return Tracefs.folder(TracefsMount.parse(List.of(mountinfo))).orElseThrow();
  }

  private static Path dataFile(Set<String> existing, String... mountinfo) {
    return Tracefs.dataFile(
        TracefsMount.parse(List.of(mountinfo)), path -> existing.contains(path.toString()));
  }
}

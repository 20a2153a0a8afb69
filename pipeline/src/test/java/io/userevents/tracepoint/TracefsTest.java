// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TracefsTest {

  @Test
  void shouldFindTheUsualMount() {
    assertThat(
            Tracefs.find(
                List.of(
                    "proc /proc proc rw,nosuid 0 0",
                    "tracefs /sys/kernel/tracing tracefs rw,relatime 0 0")))
        .contains(Path.of("/sys/kernel/tracing"));
  }

  @Test
  void shouldPreferTheUsualMountToAnEarlierOne() {
    assertThat(
            Tracefs.find(
                List.of(
                    "tracefs /sys/kernel/debug/tracing tracefs rw 0 0",
                    "nodev /sys/kernel/tracing tracefs rw 0 0")))
        .contains(Path.of("/sys/kernel/tracing"));
  }

  @Test
  void shouldTakeTheFirstOfUnusualMounts() {
    assertThat(Tracefs.find(List.of("t /mnt/a tracefs rw 0 0", "t /mnt/b tracefs rw 0 0")))
        .contains(Path.of("/mnt/a"));
  }

  @Test
  void shouldGoByTheTypeAndNotByTheDevice() {
    assertThat(
            Tracefs.find(
                List.of("tracefs /mnt/tracefs tmpfs rw 0 0", "anything /mnt/t tracefs rw 0 0")))
        .contains(Path.of("/mnt/t"));
  }

  @Test
  void shouldUndoTheEscapesOfTheMountTable() {
    assertThat(Tracefs.find(List.of("t /mnt/a\\040b\\011c\\134d tracefs rw 0 0")))
        .contains(Path.of("/mnt/a b\tc\\d"));
  }

  @Test
  void shouldUndoAnEscapeAtTheEnd() {
    assertThat(Tracefs.find(List.of("t /mnt/a\\040 tracefs rw 0 0"))).contains(Path.of("/mnt/a "));
  }

  @Test
  void shouldFindNothingWhenTracefsIsNotMounted() {
    assertThat(Tracefs.find(List.of("proc /proc proc rw 0 0", "sysfs /sys sysfs rw 0 0")))
        .isEmpty();
  }

  @Test
  void shouldIgnoreLinesThatAreNoMounts() {
    assertThat(Tracefs.find(List.of("", " ", "tracefs", "tracefs /mnt/t"))).isEmpty();
  }
}

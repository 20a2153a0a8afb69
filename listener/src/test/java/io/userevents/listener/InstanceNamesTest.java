// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.syscall.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceNamesTest {

  private static final long PID = ProcessHandle.current().pid();

  @TempDir Path instances;

  @Test
  void shouldNumberTheInstancesOfOneProcess() throws Exception {
    assertThat(InstanceNames.createDefault(instances))
        .isEqualTo(instances.resolve("user_events_" + PID + "_1"))
        .isDirectory();
    assertThat(InstanceNames.createDefault(instances))
        .isEqualTo(instances.resolve("user_events_" + PID + "_2"))
        .isDirectory();
  }

  @Test
  void shouldRemoveInstancesOfDeadProcessesOnly() throws Exception {
    Path dead = Files.createDirectory(instances.resolve("user_events_7_1"));
    Path living = Files.createDirectory(instances.resolve("user_events_8_1"));
    Path other = Files.createDirectory(instances.resolve("somebody_7_1"));
    Path own = InstanceNames.createDefault(instances);

    InstanceNames.removeStale(instances, pid -> pid == 8);

    assertThat(dead).doesNotExist();
    assertThat(living).exists();
    assertThat(other).exists();
    assertThat(own).exists();
  }

  @Test
  void shouldRemoveInstanceOfAnEarlierProcessWithTheSameId() throws Exception {
    Path earlier = Files.createDirectory(instances.resolve("user_events_" + PID + "_9"));

    InstanceNames.removeStale(instances, pid -> true);

    assertThat(earlier).doesNotExist();
  }

  @Test
  void shouldKeepInstanceThatCannotBeRemoved() throws Exception {
    Path busy = Files.createDirectory(instances.resolve("user_events_7_1"));
    Files.createFile(busy.resolve("open"));

    InstanceNames.removeStale(instances, pid -> false);

    assertThat(busy).exists();
  }

  @Test
  void shouldSayWhatToDoWhenNameIsTaken() throws Exception {
    InstanceNames.create(instances, "mine");

    assertThatThrownBy(() -> InstanceNames.create(instances, "mine"))
        .isInstanceOfSatisfying(
            ListenerException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST.number()))
        .hasMessageContaining("path=" + instances.resolve("mine"))
        .hasMessageContaining("EEXIST (17, file exists)")
        .hasMessageContaining("choose another name");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not need a kernel with user_events. */
class TracepointListenerTest {

  @TempDir Path folder;

  @Test
  void shouldSayWhatToDoWithoutTracefs() {
    assertThatThrownBy(() -> TracepointListener.builder("otlp_metrics").setTracefs(folder).open())
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("path=" + folder.resolve("instances"))
        .hasMessageContaining("ENOENT (2, no such file or directory)")
        .hasMessageContaining("mount tracefs");
  }

  @Test
  void shouldLeaveNothingBehindWhenItCannotBeOpened() throws Exception {
    Path instances = Files.createDirectory(folder.resolve("instances"));

    assertThatThrownBy(() -> TracepointListener.builder("otlp_metrics").setTracefs(folder).open())
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("trace_clock");
    assertThat(instances).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".hidden", "a/b", "../x", "with space"})
  void shouldRefuseInstanceName(String name) {
    TracepointListenerBuilder builder = TracepointListener.builder("otlp_metrics");

    assertThatThrownBy(() -> builder.setInstanceName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("instanceName=" + name);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 7, (1 << 21) + 1})
  void shouldRefuseBufferSize(int bufferSizeKb) {
    TracepointListenerBuilder builder = TracepointListener.builder("otlp_metrics");

    assertThatThrownBy(() -> builder.setBufferSizeKb(bufferSizeKb))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bufferSizeKb=" + bufferSizeKb);
  }

  @Test
  void shouldRefuseEventNameBeforeAnythingIsMade() throws Exception {
    Path instances = Files.createDirectory(folder.resolve("instances"));

    assertThatThrownBy(() -> TracepointListener.builder("../x").setTracefs(folder).open())
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(instances).isEmptyDirectory();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that do not need a kernel with user_events. */
class TracepointListenerTest {

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void shouldSayWhatToDoWithoutTracefs(Source source) {
    assertThatThrownBy(() -> builder().setSource(source).open())
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("path=" + folder)
        .hasMessageContaining("ENOENT (2, no such file or directory)")
        .hasMessageContaining("mount tracefs");
  }

  @Test
  void shouldRefuseSnapshotsOfFtrace() {
    assertThatThrownBy(() -> builder().setSource(Source.FTRACE).setSnapshot(true).open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("snapshots need perf");
  }

  @Test
  void shouldSayWhyEachSourceIsNotPossible() {
    assertThatThrownBy(() -> builder().open())
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("cannot listen to [otlp_metrics] by perf: ")
        .hasMessageContaining("; nor by ftrace: mkdir failed: path=")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  @ParameterizedTest
  @EnumSource
  void shouldLeaveNothingBehindWhenItCannotBeOpened(Source source) throws Exception {
    Path instances = Files.createDirectory(folder.resolve("instances"));

    assertThatThrownBy(() -> builder().setSource(source).open())
        .isInstanceOf(ListenerException.class);
    assertThat(instances).isEmptyDirectory();
  }

  @Test
  void shouldRefuseMachineWhoseBytesAreInTheOtherOrder() {
    assertThatThrownBy(() -> builder().open(ByteOrder.BIG_ENDIAN))
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("little-endian machines only")
        .hasMessageContaining("os.arch=" + System.getProperty("os.arch"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".hidden", "a/b", "../x", "with space"})
  void shouldRefuseInstanceName(String name) {
    assertThatThrownBy(() -> builder().setInstanceName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("instanceName=" + name);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 7, (1 << 21) + 1})
  void shouldRefuseBufferSize(int sizeKb) {
    assertThatThrownBy(() -> builder().setBufferSizeKb(sizeKb))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bufferSizeKb=" + sizeKb);
    assertThatThrownBy(() -> builder().setTotalBufferSizeKb(sizeKb))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("totalBufferSizeKb=" + sizeKb);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, (1 << 20) + 1})
  void shouldRefuseWakeupBytes(int bytes) {
    assertThatThrownBy(() -> builder().setWakeupBytes(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wakeupBytes=" + bytes);
  }

  @Test
  void shouldRefuseEventNames() {
    assertThatThrownBy(() -> TracepointListener.builder("../x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("eventName=../x");
    assertThatThrownBy(TracepointListener::builder).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TracepointListener.builder("twice", "once", "twice"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[twice, once, twice]");
  }

  private TracepointListenerBuilder builder() {
    return TracepointListener.builder("otlp_metrics").setTracefs(folder);
  }
}

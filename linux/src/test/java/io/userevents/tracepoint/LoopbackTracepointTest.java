// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.memory.NativeRegion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopbackTracepointTest {

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("loop");
  private final NativeRegion records = NativeRegion.allocate(16, 8);
  private final EventVector event = new EventVector(4, 100);

  @AfterEach
  void free() {
    event.free();
    records.free();
  }

  @Test
  void shouldBeEnabledWhileAListenerIsAttached() {
    assertThat(tracepoint.isEnabled()).isFalse();

    tracepoint.attach(bytes -> {});
    assertThat(tracepoint.isEnabled()).isTrue();

    tracepoint.detach();
    assertThat(tracepoint.isEnabled()).isFalse();
  }

  @Test
  void shouldHandTheListenerAllRecordsOfAnEventInANewArray() {
    List<String> received = new ArrayList<>();
    List<byte[]> arrays = new ArrayList<>();
    tracepoint.attach(
        bytes -> {
          received.add(new String(bytes, US_ASCII));
          arrays.add(bytes);
        });
    records.buffer().putBytes(0, "abc".getBytes(US_ASCII));
    event.add(records.buffer(), 1, 2);
    event.add(records.buffer(), 0, 1);

    assertThat(tracepoint.write(event)).isZero();
    assertThat(tracepoint.write(event)).isZero();

    assertThat(received).containsExactly("bca", "bca");
    assertThat(arrays.get(0)).isNotSameAs(arrays.get(1));
  }

  @Test
  void shouldAnswerLikeTheKernelWhenNobodyListens() {
    assertThat(tracepoint.write(event)).isEqualTo(-9);
  }

  @Test
  void shouldReplaceTheListener() {
    List<String> received = new ArrayList<>();
    tracepoint.attach(bytes -> received.add("first"));
    tracepoint.attach(bytes -> received.add("second"));

    assertThat(tracepoint.write(event)).isZero();

    assertThat(received).containsExactly("second");
  }

  @Test
  void shouldDetachWhenClosed() {
    tracepoint.attach(bytes -> {});

    tracepoint.close();

    assertThat(tracepoint.isEnabled()).isFalse();
  }

  @Test
  void shouldRefuseANameThatTheKernelWouldRefuse() {
    assertThatThrownBy(() -> new LoopbackTracepoint("a b"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

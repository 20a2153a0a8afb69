// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.listener.EventHandler;
import io.userevents.listener.ReceivedEvent;
import io.userevents.listener.TracepointListener;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** This project's listener. */
final class ListenerReader implements EventReader {

  private static final int DEFAULT_BUFFER_SIZE_KB = 4096;

  private final TracepointListener listener;

  private ListenerReader(TracepointListener listener) {
    this.listener = listener;
  }

  static ListenerReader start() throws Exception {
    return start(DEFAULT_BUFFER_SIZE_KB);
  }

  /**
   * @param bufferSizeKb of each CPU, with room for all events until the end
   */
  static ListenerReader start(int bufferSizeKb) throws Exception {
    return new ListenerReader(
        TracepointListener.builder(Tracing.EVENT).setBufferSizeKb(bufferSizeKb).open());
  }

  /** Detaches and returns the buffers of all events, in order of time as the other readers do. */
  @Override
  public List<byte[]> end() throws Exception {
    listener.detach();
    assertThat(listener.kernelStatistics().lost()).isZero();
    List<ReceivedEvent> events = new ArrayList<>();
    EventHandler handler = EventHandler.copying(events::add);
    while (listener.poll(handler, 0) > 0) {
      // Until nothing is left.
    }
    listener.close();
    assertThat(listener.statistics().missedEvents()).isZero();
    assertThat(listener.statistics().missedUncounted()).isZero();
    assertThat(listener.statistics().malformedBuffers()).isZero();
    assertThat(listener.statistics().malformedEvents()).isZero();
    // The CPUs are read one after the other. The sort is stable, so the order of each CPU is kept.
    events.sort(Comparator.comparingLong(ReceivedEvent::timestampNs));
    return events.stream().map(ReceivedEvent::bytes).toList();
  }
}

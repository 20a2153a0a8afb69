// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/** Receives the events of a {@link TracepointListener}. */
@FunctionalInterface
public interface EventHandler {

  /**
   * Called for each event, on the thread that called {@link TracepointListener#poll}; events of one
   * CPU in the order in which they were written, those of several CPUs in any order.
   *
   * <p>May call {@link TracepointListener#detach} and {@link TracepointListener#close}; the events
   * of the page at hand are still handed out. Whatever it throws comes out of {@code poll}; the
   * event counts as read, and the next {@code poll} goes on with the event after it.
   *
   * @param buffer exactly the bytes of the event: one or more OTLP records. It is used again for
   *     the next event, and it and its memory are valid during the call only
   * @param timestampNs when it was written, by the clock {@value TracepointListener#CLOCK}
   * @param cpu on which it was written
   * @param tid id of the thread that wrote it, in the kernel's first pid namespace. It is the id of
   *     the process only where its main thread wrote; in a container it is not what the process
   *     itself sees
   */
  void onEvent(DirectBuffer buffer, long timestampNs, int cpu, int tid);

  /** A handler that copies each event to an object, which the consumer may keep. */
  static EventHandler copying(Consumer<ReceivedEvent> consumer) {
    requireNonNull(consumer, "consumer");
    return (buffer, timestampNs, cpu, tid) -> {
      byte[] bytes = new byte[buffer.capacity()];
      buffer.getBytes(0, bytes);
      consumer.accept(new ReceivedEvent(bytes, timestampNs, cpu, tid));
    };
  }
}

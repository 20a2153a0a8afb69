// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;

/**
 * Receives the events of a {@link TracepointListener} or of an {@link
 * io.userevents.listener.file.EventFile}.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface EventHandler {

  /**
   * Receives one event. It is called on the thread that called {@link TracepointListener#poll} or
   * that reads the file. Events of one CPU arrive in the order in which they were written. Events
   * of different CPUs arrive in any order.
   *
   * <p>An implementation may call {@link TracepointListener#detach} and {@link
   * TracepointListener#close}. Some events that were already read may still arrive afterwards.
   * {@code poll} passes an exception of the handler on to its caller. The event then counts as
   * read, and the next {@code poll} continues with the event after it.
   *
   * @param sample the event; the object is valid during this call only and is reused for the next
   *     event
   */
  void onEvent(Sample sample);

  /**
   * {@return a handler that copies each event to an object that the consumer may keep}
   *
   * @param consumer receives the copies
   */
  static EventHandler copying(Consumer<ReceivedEvent> consumer) {
    requireNonNull(consumer, "consumer");
    return sample -> consumer.accept(sample.copy());
  }
}

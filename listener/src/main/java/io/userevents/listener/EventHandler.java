// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;

/** Receives the events of a {@link TracepointListener}, or of a file. */
@FunctionalInterface
public interface EventHandler {

  /**
   * Called for each event, on the thread that called {@link TracepointListener#poll}, or that reads
   * the file; events of one CPU in the order in which they were written, those of several CPUs in
   * any order.
   *
   * <p>May call {@link TracepointListener#detach} and {@link TracepointListener#close}; some events
   * that were read already may still be handed out. An exception comes out of {@code poll}; the
   * event counts as read, and the next {@code poll} goes on with the event after it.
   *
   * @param sample the event; used again for the next one, and valid during the call only
   */
  void onEvent(Sample sample);

  /** A handler that copies each event to an object, which the consumer may keep. */
  static EventHandler copying(Consumer<ReceivedEvent> consumer) {
    requireNonNull(consumer, "consumer");
    return sample -> consumer.accept(sample.copy());
  }
}

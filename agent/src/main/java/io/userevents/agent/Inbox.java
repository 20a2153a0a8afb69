// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.http.Answer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The messages of other threads to the dispatcher, in their order. Thread-safe. */
final class Inbox {

  /** A message from another thread. */
  sealed interface Message permits Filled, Answered, Failed, ReaderEnded, Close {}

  /** The reader hands over a batch. */
  record Filled(Batch batch) implements Message {}

  /** The request under way has an answer. */
  record Answered(Answer answer) implements Message {}

  /** The request under way has ended by a fault of the client. */
  record Failed(Throwable cause) implements Message {}

  /** No more batches follow. */
  record ReaderEnded() implements Message {}

  /** The dispatcher must end within this time. */
  record Close(long graceNs) implements Message {}

  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();

  void add(Message message) {
    messages.add(message);
  }

  /** Hands over all messages that are there. */
  void drain(Consumer<Message> consumer) {
    for (Message next = messages.poll(); next != null; next = messages.poll()) {
      consumer.accept(next);
    }
  }

  /** Waits for the next message. Returns null if none came in time. */
  @Nullable Message poll(long waitNs) throws InterruptedException {
    return messages.poll(waitNs, TimeUnit.NANOSECONDS);
  }
}

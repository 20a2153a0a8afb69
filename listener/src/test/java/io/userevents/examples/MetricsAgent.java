// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.userevents.listener.ListenerException;
import io.userevents.listener.TracepointListener;
import org.agrona.DirectBuffer;

/** The listener in an agent, as {@code docs/reading.md} shows it. */
final class MetricsAgent {

  /** Where an agent sends the bytes. */
  interface Sender {
    void send(DirectBuffer otlp, int length);
  }

  private MetricsAgent() {}

  static void run(Sender sender) throws ListenerException {
    try (TracepointListener listener = TracepointListener.builder("otlp_metrics").open()) {
      while (!Thread.currentThread().isInterrupted()) {
        int events =
            listener.poll(
                sample -> sender.send(sample.payload(), sample.payload().capacity()), 1000);
        if (events == TracepointListener.CLOSED) {
          return;
        }
      }
      System.err.println("lost " + listener.kernelStatistics().lost());
    }
  }
}

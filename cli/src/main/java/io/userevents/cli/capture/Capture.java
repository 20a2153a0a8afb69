// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import java.io.IOException;
import java.util.Map;
import java.util.StringJoiner;

/** A listener of the event. One thread uses it; another thread may call {@link #detach}. */
public interface Capture extends AutoCloseable {

  /**
   * The value that {@link #poll} returns once the capture is closed. At the end of the JVM, the
   * capture closes automatically.
   */
  int CLOSED = -1;

  /** Receives the events. */
  @FunctionalInterface
  interface Handler {

    /**
     * Receives one event.
     *
     * @param event its bytes, in an array that the handler may keep
     * @param timestampNs time at which it was written, CLOCK_MONOTONIC in ns
     * @param pid process that wrote it; 0 if it is unknown
     */
    void onEvent(byte[] event, long timestampNs, int pid);
  }

  /**
   * Passes the available events to the handler. Waits for the first event.
   *
   * @return the number of events, 0 after the time, or {@link #CLOSED}
   */
  int poll(Handler handler, int timeoutMs) throws IOException;

  /** Stops receiving. Events that were written before can still be polled. */
  void detach() throws IOException;

  /** Returns the counts of received and lost events so far. */
  Counts counts() throws IOException;

  /** Returns the name of the kernel's facility: {@code ftrace} or {@code perf}. */
  String source();

  @Override
  void close();

  /**
   * Counts of events.
   *
   * @param received events that were delivered
   * @param lost events by cause; the name says which side lost them; counts of 0 are left out
   * @param interruptions how often the kernel did not record, on a CPU or on all; events that were
   *     written in that time are in no count
   */
  record Counts(long received, Map<String, Long> lost, long interruptions) {

    /** Returns the total number of lost events. */
    public long lostTotal() {
      return lost.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Returns a readable text: the number of lost events by cause, and whether further events may
     * be lost.
     */
    public String lostText() {
      StringBuilder text = new StringBuilder("lost ").append(lostTotal());
      if (!lost.isEmpty()) {
        StringJoiner causes = new StringJoiner(", ", " (", ")");
        lost.forEach((cause, count) -> causes.add(cause + " " + count));
        text.append(causes);
      }
      if (interruptions != 0) {
        text.append("; interrupted ").append(interruptions);
        text.append(interruptions == 1 ? " time" : " times")
            .append(", and the events of that time are not counted");
      }
      return text.toString();
    }
  }
}

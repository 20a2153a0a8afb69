// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import java.io.IOException;
import java.util.Map;
import java.util.StringJoiner;

/** A listener of the event, for one thread; {@link #detach} may be called by another. */
public interface Capture extends AutoCloseable {

  /** {@link #poll} returns this once the capture is closed, by itself at the end of the JVM. */
  int CLOSED = -1;

  /** Gets the events. */
  @FunctionalInterface
  interface Handler {

    /**
     * Called for each event.
     *
     * @param event its bytes, in an array that may be kept
     * @param timestampNs when it was written, CLOCK_MONOTONIC
     * @param pid process that wrote it; 0 if that is not known
     */
    void onEvent(byte[] event, long timestampNs, int pid);
  }

  /**
   * Hands out the events that have come in; waits for the first.
   *
   * @return the number of events, 0 after the time, or {@link #CLOSED}
   */
  int poll(Handler handler, int timeoutMs) throws IOException;

  /** Stops receiving; events that were written before can still be polled. */
  void detach() throws IOException;

  /** What was received and lost so far. */
  Counts counts() throws IOException;

  /** The kernel's facility, for people: {@code ftrace} or {@code perf}. */
  String source();

  @Override
  void close();

  /**
   * Counts of events.
   *
   * @param received that were handed out
   * @param lost by cause: the name says who lost them; without those that are 0
   * @param interruptions times that the kernel did not record, on a CPU or at all; events that were
   *     written meanwhile are in no count
   */
  record Counts(long received, Map<String, Long> lost, long interruptions) {

    /** All that were lost. */
    public long lostTotal() {
      return lost.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many were lost, by whom, and whether there may be more, for people. */
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
            .append(", and events meanwhile are not counted");
      }
      return text.toString();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.listener.internal.EventView;
import org.agrona.DirectBuffer;

/**
 * One event, as a listener or a file reader passes it to its {@link EventHandler}. A listener or
 * reader has one such object and reuses it for each event. The object and its payload are valid
 * only during the call of the handler. {@link #copy()} returns an object that you may keep.
 *
 * <p>Not thread-safe.
 *
 * @since 0.1.0
 */
public final class Sample {

  /** The value of {@link #pid()} if the source does not report the process. */
  public static final int UNKNOWN_PID = -1;

  private final EventView view;

  /**
   * Internal: for the readers of this library, which move the view.
   *
   * @param view of the current event
   */
  public Sample(EventView view) {
    this.view = view;
  }

  /**
   * {@return the name of the tracepoint, for example {@code otlp_metrics}} The same name is always
   * the same object.
   */
  public String tracepoint() {
    return view.tracepoint();
  }

  /**
   * {@return exactly the bytes of the payload: one or more OTLP records, which protobuf decodes as
   * one message}
   */
  public DirectBuffer payload() {
    return view.payload();
  }

  /** {@return the number of the tracepoint, see {@link TracepointFormat#id}} */
  public int tracepointId() {
    return view.tracepointId();
  }

  /**
   * {@return the whole event as its {@link TracepointFormat} describes it: common fields, fields,
   * payload, and up to 7 bytes of padding}
   */
  public DirectBuffer event() {
    return view.event();
  }

  /**
   * {@return the time at which the event was written, in ns} A listener uses CLOCK_MONOTONIC, which
   * is the same on all CPUs and in all processes of the initial time namespace. On HotSpot, {@link
   * System#nanoTime} uses the same clock. In a file, the clock is the one that the file was
   * recorded with.
   */
  public long timestampNs() {
    return view.timestampNs();
  }

  /** {@return the CPU on which the event was written} */
  public int cpu() {
    return view.cpu();
  }

  /**
   * {@return the id of the thread that wrote the event} perf uses the pid namespace of the
   * listener, and reports 0 for a thread outside of it. ftrace uses the initial pid namespace.
   */
  public int tid() {
    return view.tid();
  }

  /**
   * {@return the id of the process that wrote the event, in the same namespace as {@link #tid()}}
   * With ftrace it is {@link #UNKNOWN_PID}.
   */
  public int pid() {
    return view.pid();
  }

  /** {@return a copy that you may keep} */
  public ReceivedEvent copy() {
    DirectBuffer payload = payload();
    byte[] bytes = new byte[payload.capacity()];
    payload.getBytes(0, bytes);
    return new ReceivedEvent(tracepoint(), bytes, timestampNs(), cpu(), tid(), pid());
  }

  @Override
  public String toString() {
    return "Sample{tracepoint="
        + tracepoint()
        + ", length="
        + payload().capacity()
        + ", timestampNs="
        + timestampNs()
        + ", cpu="
        + cpu()
        + ", tid="
        + tid()
        + ", pid="
        + pid()
        + "}";
  }
}

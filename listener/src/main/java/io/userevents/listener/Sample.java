// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.listener.internal.EventView;
import org.agrona.DirectBuffer;

/**
 * One event as a listener, or a reader of files, hands it to its {@link EventHandler}. There is one
 * such object, used for each event: it and its payload are valid during the call of the handler
 * only. {@link #copy()} makes an object that may be kept.
 *
 * <p>Not thread-safe.
 */
public final class Sample {

  /** {@link #pid()} of an event whose source does not tell the process. */
  public static final int UNKNOWN_PID = -1;

  private final EventView view;

  /** For the readers of this library, which move the view. */
  public Sample(EventView view) {
    this.view = view;
  }

  /**
   * Name of the tracepoint, e.g. {@code otlp_metrics}; always the same object for the same name.
   */
  public String tracepoint() {
    return view.tracepoint();
  }

  /** Exactly the bytes of the event: one or more OTLP records, which protobuf decodes as one. */
  public DirectBuffer payload() {
    return view.payload();
  }

  /** Number of the tracepoint, see {@link TracepointFormat#id}. */
  public int tracepointId() {
    return view.tracepointId();
  }

  /**
   * All of the event as its {@link TracepointFormat} describes it: common fields, fields, payload,
   * and up to 7 bytes of padding.
   */
  public DirectBuffer event() {
    return view.event();
  }

  /**
   * When it was written: CLOCK_MONOTONIC in ns, the same on all CPUs and in all processes that are
   * in no time namespace of their own; on HotSpot that of {@link System#nanoTime}. Of a file, the
   * clock that the file was recorded with.
   */
  public long timestampNs() {
    return view.timestampNs();
  }

  /** CPU on which it was written. */
  public int cpu() {
    return view.cpu();
  }

  /**
   * Thread that wrote it. perf numbers it as the pid namespace of the listener does, and has 0 for
   * one that is not in it; ftrace numbers it as the first pid namespace does.
   */
  public int tid() {
    return view.tid();
  }

  /** Process that wrote it, numbered as {@link #tid()}; with ftrace {@link #UNKNOWN_PID}. */
  public int pid() {
    return view.pid();
  }

  /** A copy that may be kept. */
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

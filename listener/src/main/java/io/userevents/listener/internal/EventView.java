// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A view of the current event. A reader of rings, pages or files moves it, and a sample shows it to
 * handlers.
 *
 * <p>Not thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class EventView {

  private static final String NO_TRACEPOINT = "";

  private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
  private final UnsafeBuffer event = new UnsafeBuffer(0, 0);
  private final UnsafeBuffer nothing = new UnsafeBuffer(0, 0);
  private DirectBuffer buffer = nothing;
  private int eventOffset;
  private int eventLength;
  private String tracepoint = NO_TRACEPOINT;
  private int tracepointId;
  private long timestampNs;
  private int cpu;
  private int tid;
  private int pid;

  /** Lays the view over the event that was decoded last, in the buffer that has it. */
  public void wrap(DirectBuffer ofEvent, EventDecoder decoder, long time, int onCpu) {
    buffer = ofEvent;
    eventOffset = decoder.dataOffset();
    eventLength = decoder.dataLength();
    tracepoint = decoder.tracepoint();
    tracepointId = decoder.id();
    payload.wrap(ofEvent, decoder.offset(), decoder.length());
    timestampNs = time;
    cpu = onCpu;
  }

  /** Sets the process and thread that wrote the event. */
  public void writtenBy(int process, int thread) {
    pid = process;
    tid = thread;
  }

  /**
   * Clears the view, so that a handler that kept the payload gets a failed bounds check instead of
   * another event.
   */
  public void clear() {
    payload.wrap(0L, 0);
    event.wrap(0L, 0);
    buffer = nothing;
    eventOffset = 0;
    eventLength = 0;
    tracepoint = NO_TRACEPOINT;
  }

  public DirectBuffer payload() {
    return payload;
  }

  /** Returns the whole event. The buffer is laid over the event only on request. */
  public DirectBuffer event() {
    event.wrap(buffer, eventOffset, eventLength);
    return event;
  }

  public String tracepoint() {
    return tracepoint;
  }

  public int tracepointId() {
    return tracepointId;
  }

  public long timestampNs() {
    return timestampNs;
  }

  public int cpu() {
    return cpu;
  }

  public int tid() {
    return tid;
  }

  public int pid() {
    return pid;
  }
}

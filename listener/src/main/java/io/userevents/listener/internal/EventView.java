// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The event at hand: a reader of rings, pages or files moves it, and a sample shows it to handlers.
 *
 * <p>Not thread-safe.
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

  /** Lays it over the event that was decoded last, in the buffer that has it. */
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

  /** Says who wrote it. */
  public void writtenBy(int process, int thread) {
    pid = process;
    tid = thread;
  }

  /** A handler that keeps the payload meets a failed bounds check, not another event. */
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

  /** Laid over the event only when somebody asks for it. */
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

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/** A copy of one event. See {@link EventHandler#onEvent} for what its parts mean. */
public final class ReceivedEvent {

  private final byte[] bytes;
  private final long timestampNs;
  private final int cpu;
  private final int tid;

  /** The array becomes the event's own. */
  ReceivedEvent(byte[] bytes, long timestampNs, int cpu, int tid) {
    this.bytes = bytes;
    this.timestampNs = timestampNs;
    this.cpu = cpu;
    this.tid = tid;
  }

  /** One or more OTLP records; a new array at each call. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  /** When it was written, by the clock {@value TracepointListener#CLOCK}. */
  public long timestampNs() {
    return timestampNs;
  }

  /** CPU on which it was written. */
  public int cpu() {
    return cpu;
  }

  /** Thread that wrote it. */
  public int tid() {
    return tid;
  }

  @Override
  public String toString() {
    return "ReceivedEvent{length="
        + bytes.length
        + ", timestampNs="
        + timestampNs
        + ", cpu="
        + cpu
        + ", tid="
        + tid
        + "}";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/** A copy of one event. {@link Sample} says what its parts mean. */
public final class ReceivedEvent {

  private final String tracepoint;
  private final byte[] bytes;
  private final long timestampNs;
  private final int cpu;
  private final int tid;
  private final int pid;

  /** The array becomes the event's own. */
  ReceivedEvent(String tracepoint, byte[] bytes, long timestampNs, int cpu, int tid, int pid) {
    this.tracepoint = tracepoint;
    this.bytes = bytes;
    this.timestampNs = timestampNs;
    this.cpu = cpu;
    this.tid = tid;
    this.pid = pid;
  }

  /** Name of the tracepoint. */
  public String tracepoint() {
    return tracepoint;
  }

  /** One or more OTLP records; a new array at each call. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  /** When it was written, see {@link Sample#timestampNs}. */
  public long timestampNs() {
    return timestampNs;
  }

  /** CPU on which it was written. */
  public int cpu() {
    return cpu;
  }

  /** Thread that wrote it, see {@link Sample#tid}. */
  public int tid() {
    return tid;
  }

  /** Process that wrote it, see {@link Sample#pid}. */
  public int pid() {
    return pid;
  }

  @Override
  public String toString() {
    return "ReceivedEvent{tracepoint="
        + tracepoint
        + ", length="
        + bytes.length
        + ", timestampNs="
        + timestampNs
        + ", cpu="
        + cpu
        + ", tid="
        + tid
        + ", pid="
        + pid
        + "}";
  }
}

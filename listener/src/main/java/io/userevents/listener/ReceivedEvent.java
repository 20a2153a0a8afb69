// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/**
 * A copy of one event. {@link Sample} describes its parts. Immutable.
 *
 * @since 0.1.0
 */
public final class ReceivedEvent {

  private final String tracepoint;
  private final byte[] bytes;
  private final long timestampNs;
  private final int cpu;
  private final int tid;
  private final int pid;

  /** Creates an event that takes ownership of the array. */
  ReceivedEvent(String tracepoint, byte[] bytes, long timestampNs, int cpu, int tid, int pid) {
    this.tracepoint = tracepoint;
    this.bytes = bytes;
    this.timestampNs = timestampNs;
    this.cpu = cpu;
    this.tid = tid;
    this.pid = pid;
  }

  /** {@return the name of the tracepoint} */
  public String tracepoint() {
    return tracepoint;
  }

  /** {@return the payload, which is one or more OTLP records} Each call returns a new array. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** {@return the length of the payload in bytes} */
  public int length() {
    return bytes.length;
  }

  /** {@return the time at which the event was written in ns, see {@link Sample#timestampNs}} */
  public long timestampNs() {
    return timestampNs;
  }

  /** {@return the CPU on which the event was written} */
  public int cpu() {
    return cpu;
  }

  /** {@return the thread that wrote the event, see {@link Sample#tid}} */
  public int tid() {
    return tid;
  }

  /** {@return the process that wrote the event, see {@link Sample#pid}} */
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

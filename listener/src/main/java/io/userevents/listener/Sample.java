// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One event as a listener hands it to its {@link EventHandler}. The listener has one such object
 * and uses it for each event: it and its payload are valid during the call of the handler only.
 * {@link #copy()} makes an object that may be kept.
 *
 * <p>Not thread-safe.
 */
public final class Sample {

  /** {@link #pid()} of an event whose source does not tell the process. */
  public static final int UNKNOWN_PID = -1;

  private static final String NO_TRACEPOINT = "";

  private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
  private String tracepoint = NO_TRACEPOINT;
  private long timestampNs;
  private int cpu;
  private int tid;
  private int pid;

  Sample() {}

  /** Lays it over an event. */
  void wrap(
      String tracepointOfEvent, DirectBuffer buffer, int offset, int length, long time, int onCpu) {
    tracepoint = tracepointOfEvent;
    payload.wrap(buffer, offset, length);
    timestampNs = time;
    cpu = onCpu;
  }

  void writtenBy(int process, int thread) {
    pid = process;
    tid = thread;
  }

  /** A handler that keeps the payload meets a failed bounds check, not another event. */
  void clear() {
    payload.wrap(0L, 0);
    tracepoint = NO_TRACEPOINT;
  }

  /**
   * Name of the tracepoint, e.g. {@code otlp_metrics}; always the same object for the same name.
   */
  public String tracepoint() {
    return tracepoint;
  }

  /** Exactly the bytes of the event: one or more OTLP records, which protobuf decodes as one. */
  public DirectBuffer payload() {
    return payload;
  }

  /**
   * When it was written: CLOCK_MONOTONIC in ns, the same on all CPUs and in all processes that are
   * in no time namespace of their own; on HotSpot that of {@link System#nanoTime}.
   */
  public long timestampNs() {
    return timestampNs;
  }

  /** CPU on which it was written. */
  public int cpu() {
    return cpu;
  }

  /**
   * Thread that wrote it. perf numbers it as the pid namespace of the listener does, and has 0 for
   * one that is not in it; ftrace numbers it as the first pid namespace does.
   */
  public int tid() {
    return tid;
  }

  /** Process that wrote it, numbered as {@link #tid()}; with ftrace {@link #UNKNOWN_PID}. */
  public int pid() {
    return pid;
  }

  /** A copy that may be kept. */
  public ReceivedEvent copy() {
    byte[] bytes = new byte[payload.capacity()];
    payload.getBytes(0, bytes);
    return new ReceivedEvent(tracepoint, bytes, timestampNs, cpu, tid, pid);
  }

  @Override
  public String toString() {
    return "Sample{tracepoint="
        + tracepoint
        + ", length="
        + payload.capacity()
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

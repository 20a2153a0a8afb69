// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.KernelTracepoint;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes numbered events to a separate tracepoint. Used by one thread. */
final class EventSource implements AutoCloseable {

  private static final int MAX_LENGTH = EventLayout.MAX_LENGTH_FTRACE;

  private final KernelTracepoint tracepoint;
  private final EventVector vector = new EventVector(1, EventLayout.MAX_LENGTH_PERF);
  private final NativeRegion record = NativeRegion.allocate(EventLayout.MAX_LENGTH_PERF, 64);
  private final int id;
  private int written;

  EventSource(String eventName, int id) throws Exception {
    this.id = id;
    tracepoint = new KernelTracepoint(eventName);
    tracepoint.register();
  }

  /** Returns the bytes of an event: its writer, its number, and noise that is derived from both. */
  static byte[] payload(int id, int number) {
    Random random = new Random(id * 1_000_003L + number);
    // Each length from the shortest to the longest that ftrace takes comes up in time.
    byte[] bytes = new byte[8 + (number * 37 + id) % (MAX_LENGTH - 8 + 1)];
    random.nextBytes(bytes);
    UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    buffer.putInt(0, id);
    buffer.putInt(4, number);
    return bytes;
  }

  /** Writes the next event and returns 0 or a negated errno. */
  int write() {
    return write(payload(id, written));
  }

  int write(byte[] payload) {
    record.buffer().putBytes(0, payload);
    vector.clear();
    vector.add(record.buffer(), 0, payload.length);
    int result = tracepoint.write(vector);
    written++;
    return result;
  }

  boolean isEnabled() {
    return tracepoint.isEnabled();
  }

  @Override
  public void close() {
    tracepoint.close();
  }
}

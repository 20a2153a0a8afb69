// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.KernelTracepoint;

/** Writes events of any bytes to the tracepoint. Used by one thread. */
final class TestEvents implements AutoCloseable {

  private static final int MAX_LENGTH = EventLayout.MAX_LENGTH_PERF;

  private final KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT);
  private final EventVector vector = new EventVector(1, MAX_LENGTH);
  private final NativeRegion record = NativeRegion.allocate(MAX_LENGTH, Long.BYTES);

  TestEvents() throws Exception {
    tracepoint.register();
  }

  /** Writes one event and returns 0 or a negated errno. */
  int write(byte[] payload) {
    record.buffer().putBytes(0, payload);
    vector.clear();
    vector.add(record.buffer(), 0, payload.length);
    return tracepoint.write(vector);
  }

  @Override
  public void close() {
    tracepoint.close();
  }
}

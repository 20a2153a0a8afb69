// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.Tracepoint;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A tracepoint that counts how often each of the {@link Records} was written, and whether all were
 * whole. Its listener is attached from before registration until closing.
 */
final class RecordingTracepoint implements Tracepoint {

  private final UnsafeBuffer copy = new UnsafeBuffer(new byte[Records.COUNT * Records.LENGTH]);
  private final int[] written = new int[Records.COUNT];
  private int torn;
  private volatile boolean closed;

  @Override
  public String eventName() {
    return "stress";
  }

  @Override
  public String register() {
    return "memory";
  }

  @Override
  public boolean isEnabled() {
    return !closed;
  }

  @Override
  public int write(EventVector event) {
    int length = event.length();
    event.copyTo(copy, 0);
    for (int offset = 0; offset < length; offset += Records.LENGTH) {
      int tag = Records.tagOf(copy, offset);
      if (tag == Records.TORN) {
        torn++;
      } else {
        written[tag]++;
      }
    }
    return 0;
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Returns how often the record was written. Call this when the consumer has ended. */
  int written(int tag) {
    return written[tag];
  }

  /**
   * Returns how many records differ from the published ones. Call this when the consumer has ended.
   */
  int torn() {
    return torn;
  }
}

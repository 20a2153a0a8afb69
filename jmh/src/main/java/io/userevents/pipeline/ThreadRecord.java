// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.tracepoint.EventVector;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The record that a thread publishes repeatedly, and the event with it that the thread writes
 * directly.
 */
@State(Scope.Thread)
public class ThreadRecord {

  /** The length in bytes. */
  static final int LENGTH = 200;

  private final NativeRegion region = NativeRegion.allocate(LENGTH, 64);

  final UnsafeBuffer buffer = region.buffer();
  final EventVector event = new EventVector(1, LENGTH);

  /**
   * The records so far, including the warm-up, for benchmarks of which the subject does not count
   * them.
   */
  long offered;

  @Setup
  public void register(Offers offers) {
    offers.add(this);
  }
}

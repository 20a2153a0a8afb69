// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.memory.NativeRegion;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Holds the 32-bit word in which the kernel sets a bit while a listener is attached.
 *
 * <p>The kernel writes to it at any time between registration and unregistration, from another
 * process's context. The word therefore has its own cache line, never moves, and is not freed
 * explicitly. It lives as long as this object is reachable, so a thread that calls {@link #isSet()}
 * after closing still reads valid memory. From {@link #hold()} to {@link #release()} it is always
 * reachable; a word that is never released is kept for the life of the process.
 */
final class EnableWord {

  static final int LENGTH = Integer.BYTES;
  static final int BIT = 0;

  private static final int CACHE_LINE_LENGTH = 64;
  private static final Set<EnableWord> HELD = ConcurrentHashMap.newKeySet();

  private final NativeRegion region = NativeRegion.allocate(CACHE_LINE_LENGTH, CACHE_LINE_LENGTH);
  private final UnsafeBuffer word = region.buffer();

  long address() {
    return region.address();
  }

  boolean isSet() {
    return (word.getIntVolatile(0) & (1 << BIT)) != 0;
  }

  /**
   * Keeps the word reachable. Call this before the kernel gets the address.
   *
   * @return false if it was held already, so that the kernel may have the address from before
   */
  boolean hold() {
    return HELD.add(this);
  }

  /**
   * Lets the word go. Call this once the kernel has confirmed that it does not have the address.
   */
  void release() {
    clear();
    HELD.remove(this);
  }

  /** Clears the bit. The kernel sets it again when a listener attaches to the word's address. */
  void clear() {
    word.putIntVolatile(0, 0);
  }

  /** Returns whether the kernel may still write to the word. */
  boolean isHeld() {
    return HELD.contains(this);
  }
}

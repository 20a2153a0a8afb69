// SPDX-License-Identifier: Apache-2.0
package io.userevents.testing;

import org.jspecify.annotations.Nullable;

/** Fills the heap of a JVM, for programs of tests that run in a JVM of their own. */
public final class FullHeap {

  private static final int LARGEST_BLOCK = 1 << 17;
  private static final int SMALLEST_BLOCK = 2;

  /** Each block refers to the one before. */
  private static volatile Object @Nullable [] newest;

  private FullHeap() {}

  /**
   * Allocates until nothing fits, down to blocks of 24 bytes. Call this again and again, because
   * other threads may have given something back meanwhile.
   */
  public static void fill() {
    for (int length = LARGEST_BLOCK; length >= SMALLEST_BLOCK; length /= 4) {
      try {
        while (true) {
          Object[] block = new Object[length];
          block[0] = newest;
          newest = block;
        }
      } catch (OutOfMemoryError e) {
        // A smaller one may fit.
      }
    }
  }

  /** Gives the newest blocks back, enough for some small objects. */
  public static void giveBack(int blocks) {
    for (int i = 0; i < blocks; i++) {
      Object[] block = newest;
      newest = block == null ? null : (Object[]) block[0];
    }
  }

  /** Gives all back. */
  public static void empty() {
    newest = null;
  }
}

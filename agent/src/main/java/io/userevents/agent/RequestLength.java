// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

/**
 * The largest length of a request. It shrinks while requests time out or break off, because the
 * link may be too slow for them, or the endpoint may break off requests that are too large for it.
 * It grows again with requests that are accepted. Used by one thread.
 */
final class RequestLength {

  /** After this number of consecutive failures, requests are made shorter. */
  private static final int MAX_FAILED = 2;

  /** The shortest length to which requests are reduced. A single event can be longer. */
  private static final int MIN_BYTES = 4 << 10;

  /** After this number of accepted requests, the length may double again. */
  private static final int GOOD_TO_GROW = 8;

  private int maxBytes = Integer.MAX_VALUE;
  private int failed;
  private int good;

  /** Returns the largest length of the next request in bytes. A single event may be longer. */
  int maxBytes() {
    return maxBytes;
  }

  /** Records that a request of this length was accepted. */
  void accepted(int bytes) {
    failed = 0;
    boolean isShorter = maxBytes < Integer.MAX_VALUE / 2 && bytes > maxBytes / 2;
    if (isShorter && ++good >= GOOD_TO_GROW) {
      good = 0;
      maxBytes *= 2;
    }
  }

  /** Records that a request of this length timed out or broke off. */
  void failed(int bytes) {
    if (++failed >= MAX_FAILED) {
      good = 0;
      maxBytes = Math.max(MIN_BYTES, bytes / 2);
    }
  }
}

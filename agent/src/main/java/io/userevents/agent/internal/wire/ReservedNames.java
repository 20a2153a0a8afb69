// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The names of attributes that the agent alone gives: those that begin with {@code user_events} and
 * a character that is no letter or digit. A writer's attribute with such a name, of the resource, a
 * scope or a point, is renamed, so that nobody takes it for the agent's: {@code
 * user_events.process.pid} becomes {@code not_trusted.process.pid}. Both beginnings have the same
 * length, so no length in the message changes.
 */
public final class ReservedNames {

  /** All attributes of the agent begin with it. */
  public static final String PREFIX = "user_events.";

  private static final byte[] RESERVED = "user_events".getBytes(US_ASCII);
  private static final byte[] RENAMED = "not_trusted".getBytes(US_ASCII);

  private ReservedNames() {}

  /** Renames a key if it is reserved; returns whether it was. */
  static boolean rename(byte[] bytes, int start, int end) {
    if (!isReserved(bytes, start, end)) {
      return false;
    }
    System.arraycopy(RENAMED, 0, bytes, start, RENAMED.length);
    return true;
  }

  private static boolean isReserved(byte[] bytes, int start, int end) {
    if (end - start <= RESERVED.length) {
      return false;
    }
    for (int i = 0; i < RESERVED.length; i++) {
      if (bytes[start + i] != RESERVED[i]) {
        return false;
      }
    }
    int next = bytes[start + RESERVED.length];
    // Backends translate dots to underscores, and others as they like.
    return !((next >= 'a' && next <= 'z')
        || (next >= 'A' && next <= 'Z')
        || (next >= '0' && next <= '9'));
  }
}

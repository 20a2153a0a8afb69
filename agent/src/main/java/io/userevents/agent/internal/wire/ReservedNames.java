// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The attribute names that are reserved for the agent: names that begin with {@code user_events}
 * and a character that is not a letter or digit. If a writer uses such a name in a resource, a
 * scope or a point, the attribute is renamed, so that it cannot be mistaken for the agent's: {@code
 * user_events.process.pid} becomes {@code not_trusted.process.pid}. Both prefixes have the same
 * length, so no length in the message changes.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class ReservedNames {

  /** The prefix of all attributes of the agent. */
  public static final String PREFIX = "user_events.";

  private static final byte[] RESERVED = "user_events".getBytes(US_ASCII);
  private static final byte[] RENAMED = "not_trusted".getBytes(US_ASCII);

  private ReservedNames() {}

  /** Renames a key if it is reserved. Returns whether it was reserved. */
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
    // Backends translate dots to underscores, or other characters in other ways.
    return !((next >= 'a' && next <= 'z')
        || (next >= 'A' && next <= 'Z')
        || (next >= '0' && next <= '9'));
  }
}

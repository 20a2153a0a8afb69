// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The names of resource attributes that the agent alone gives. A writer that uses one has it
 * renamed, so that nobody takes it for the agent's: {@code user_events.process.pid} becomes {@code
 * not_trusted.process.pid}. Both prefixes have the same length, so no length in the message
 * changes.
 */
public final class ReservedNames {

  /** All attributes of the agent begin with it. */
  public static final String PREFIX = "user_events.";

  /** A writer's attribute begins with it in place of {@link #PREFIX}. */
  public static final String RENAMED_PREFIX = "not_trusted.";

  private static final byte[] PREFIX_BYTES = PREFIX.getBytes(US_ASCII);
  private static final byte[] RENAMED_BYTES = RENAMED_PREFIX.getBytes(US_ASCII);

  private final Fields attributes = new Fields();
  private final Fields keyValue = new Fields();

  /**
   * Renames the reserved keys of a Resource message.
   *
   * @return how many, or {@link EventCopier#MALFORMED}
   */
  int rename(byte[] bytes, int start, int end) {
    int renamed = 0;
    attributes.wrap(bytes, start, end);
    while (attributes.next()) {
      if (attributes.isMessage(OtlpFields.RESOURCE_ATTRIBUTES)) {
        keyValue.wrap(bytes, attributes.valueStart(), attributes.valueEnd());
        while (keyValue.next()) {
          if (keyValue.isMessage(OtlpFields.KEY_VALUE_KEY)
              && startsWith(bytes, keyValue.valueStart(), keyValue.valueEnd())) {
            System.arraycopy(RENAMED_BYTES, 0, bytes, keyValue.valueStart(), RENAMED_BYTES.length);
            renamed++;
          }
        }
        if (keyValue.isMalformed()) {
          return EventCopier.MALFORMED;
        }
      }
    }
    return attributes.isMalformed() ? EventCopier.MALFORMED : renamed;
  }

  private static boolean startsWith(byte[] bytes, int start, int end) {
    if (end - start < PREFIX_BYTES.length) {
      return false;
    }
    for (int i = 0; i < PREFIX_BYTES.length; i++) {
      if (bytes[start + i] != PREFIX_BYTES[i]) {
        return false;
      }
    }
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

/**
 * The text format of a pacing: bytes per second and bytes of a burst with a colon between them, or
 * none.
 */
final class PacingFormat {

  /** The two numbers; both are 0 for no pacing. */
  record Rate(long bytesPerSecond, int burstBytes) {}

  static final Format<Rate> INSTANCE =
      new Format<>(
          Format.Kind.TEXT,
          "none, BYTES_PER_SECOND:BURST_BYTES (1000 to 1000000000000, the longest event to"
              + " 1073741824)",
          PacingFormat::parse);

  private PacingFormat() {}

  private static Rate parse(String text) {
    if (text.equalsIgnoreCase("none")) {
      return new Rate(0, 0);
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("not two numbers with a colon between them");
    }
    long bytesPerSecond = Long.parseLong(text.substring(0, colon).trim());
    if (bytesPerSecond == 0) {
      throw new IllegalArgumentException("nothing would ever be written");
    }
    return new Rate(bytesPerSecond, Integer.parseInt(text.substring(colon + 1).trim()));
  }
}

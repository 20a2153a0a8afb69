// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;

/**
 * Writes JSON (RFC 8259) on one line. Calls must come in the order of the text. Characters outside
 * ASCII are escaped, so that the encoding of the output does not matter. Not thread-safe.
 */
public final class Json {

  private static final int FIRST_PRINTABLE = 0x20;
  private static final int LAST_PRINTABLE = 0x7e;
  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder text = new StringBuilder();

  /** For each open object or array, whether it already has a member. */
  private final Deque<Boolean> hasEntries = new ArrayDeque<>();

  private boolean isAfterName;

  /** Begins an object. */
  public Json begin() {
    return open('{');
  }

  /** Ends the object. */
  public Json end() {
    return close('}');
  }

  /** Begins an array. */
  public Json beginArray() {
    return open('[');
  }

  /** Ends the array. */
  public Json endArray() {
    return close(']');
  }

  /** Adds the name of the value that follows. */
  public Json name(String name) {
    separate();
    quote(name);
    text.append(':');
    isAfterName = true;
    return this;
  }

  /** Adds a text. */
  public Json value(String value) {
    separate();
    quote(value);
    return this;
  }

  /**
   * Adds a whole number. It is written with all digits, although readers with doubles lose digits
   * beyond 2^53.
   */
  public Json value(long value) {
    separate();
    text.append(value);
    return this;
  }

  /**
   * Adds a number. A value that JSON does not have is written as text, as in the JSON of protobuf.
   */
  public Json value(double value) {
    if (!Double.isFinite(value)) {
      return value(Double.toString(value));
    }
    separate();
    text.append(value);
    return this;
  }

  /** Adds true or false. */
  public Json value(boolean value) {
    separate();
    text.append(value);
    return this;
  }

  private Json open(char bracket) {
    separate();
    text.append(bracket);
    hasEntries.push(false);
    return this;
  }

  private Json close(char bracket) {
    hasEntries.pop();
    text.append(bracket);
    return this;
  }

  private void separate() {
    if (isAfterName) {
      isAfterName = false;
    } else if (!hasEntries.isEmpty()) {
      if (hasEntries.pop()) {
        text.append(',');
      }
      hasEntries.push(true);
    }
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < FIRST_PRINTABLE || c > LAST_PRINTABLE) {
        text.append("\\u").append(HEX.toHexDigits(c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}

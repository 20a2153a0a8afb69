// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads and checks the headers that a user adds to requests. No message shows a value, because most
 * values are secrets.
 */
final class HeaderRules {

  /** A token, RFC 9110, 5.6.2. */
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** Names that the sender sets, or that {@code java.net.http} does not allow. */
  private static final Set<String> RESERVED =
      Set.of(
          "accept-encoding",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "expect",
          "host",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private HeaderRules() {}

  /**
   * Reads {@code key1=value1,key2=value2}, the format of OTEL_EXPORTER_OTLP_HEADERS. Values are
   * percent-decoded. Of two headers with the same name, the later one is kept.
   */
  static Map<String, String> parseList(String setting, String list) throws EndpointException {
    Map<String, String> headers = new LinkedHashMap<>();
    int number = 0;
    for (String entry : list.split(",", -1)) {
      number++;
      if (entry.isBlank()) {
        continue;
      }
      int equals = entry.indexOf('=');
      if (equals < 0) {
        // The entry is not shown: it may be the second half of a secret that has a comma.
        throw new EndpointException(
            setting
                + " must be key1=value1,key2=value2: entry "
                + number
                + " has no equals sign; write a comma within a value as %2C");
      }
      String name = entry.substring(0, equals).strip();
      requireSettable(setting, name);
      String value = decode(setting, name, entry.substring(equals + 1).strip());
      requireValid(setting, name, value);
      headers.put(name, value);
    }
    return headers;
  }

  /** Refuses a name that is not a header name, or that the sender sets. */
  static void requireSettable(String setting, String name) throws EndpointException {
    if (!NAME.matcher(name).matches()) {
      throw new EndpointException(
          setting
              + " must have names of letters, digits and !#$%&'*+-.^_`|~ : name="
              + PrintableText.line(name, 100));
    }
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      throw new EndpointException(
          setting + " must not set a header that the sender sets: name=" + name);
    }
  }

  /** Refuses values that would end a header or that HTTP cannot transmit. */
  static void requireValid(String setting, String name, String value) throws EndpointException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c > '~') {
        throw new EndpointException(
            setting
                + " must have values of printable ASCII characters: name="
                + name
                + " has another one at index "
                + i);
      }
    }
  }

  private static String decode(String setting, String name, String value) throws EndpointException {
    if (value.indexOf('%') < 0) {
      return value;
    }
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(value));
    ByteBuffer decoded = ByteBuffer.allocate(bytes.remaining());
    while (bytes.hasRemaining()) {
      byte b = bytes.get();
      if (b != '%') {
        decoded.put(b);
        continue;
      }
      int high = bytes.remaining() < 2 ? -1 : Character.digit(bytes.get(), 16);
      int low = high < 0 ? -1 : Character.digit(bytes.get(), 16);
      if (low < 0) {
        throw new EndpointException(
            setting
                + " must have values that are percent-encoded: name="
                + name
                + " has a percent sign without two hexadecimal digits; write the sign as %25");
      }
      decoded.put((byte) (high << 4 | low));
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new EndpointException(
          setting + " must have values in UTF-8: name=" + name + " has other bytes");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a {@code format} or {@code header_page} file of tracefs lists, one per line:
 *
 * <pre>
 *   field:int common_pid;	offset:4;	size:4;	signed:1;
 * </pre>
 *
 * <p>The number in brackets is ignored, because Linux 6.12 prints a wrong length there for {@code
 * char[8] version}. The size is right.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class FieldTable {

  /** The position of a field, in bytes. */
  record Field(String type, int offset, int size) {
    int end() {
      return offset + size;
    }
  }

  /** The largest offset of a field. It keeps the sum of offset and size within an int. */
  private static final int MAX_BYTES = 1 << 24;

  /** The longest line. The time of a match grows with the square of its length. */
  private static final int MAX_LINE_LENGTH = 1000;

  private static final Pattern LINE =
      Pattern.compile(
          "field:\\s*([^;]*?)(?:\\[[^\\]]*\\])?\\s*;\\s*offset:\\s*(\\d{1,8});\\s*size:\\s*(\\d{1,8});");

  private final String text;
  private final Map<String, Field> fields = new HashMap<>();

  FieldTable(String text) {
    this.text = text;
    for (String line : text.split("\n", -1)) {
      Matcher matcher = LINE.matcher(line);
      if (line.length() > MAX_LINE_LENGTH || !matcher.find()) {
        continue;
      }
      String declaration = matcher.group(1);
      int space = declaration.lastIndexOf(' ');
      String type = declaration.substring(0, Math.max(space, 0));
      String name = declaration.substring(space + 1);
      int offset = Integer.parseInt(matcher.group(2));
      int size = Integer.parseInt(matcher.group(3));
      if (offset <= MAX_BYTES && size <= MAX_BYTES) {
        fields.putIfAbsent(name, new Field(type, offset, size));
      }
    }
  }

  @Nullable Field find(String name) {
    return fields.get(name);
  }

  /** Returns whether there are fields and all of their names begin with this prefix. */
  boolean hasNoneBut(String prefix) {
    return !fields.isEmpty() && fields.keySet().stream().allMatch(name -> name.startsWith(prefix));
  }

  /** Returns the field of this name. It must have one of these sizes. */
  Field require(String name, int... sizes) throws LayoutException {
    Field field = fields.get(name);
    if (field != null) {
      for (int size : sizes) {
        if (field.size() == size) {
          return field;
        }
      }
    }
    throw LayoutException.ofText(
        "field " + name + (field == null ? " is missing" : " has size " + field.size()), text);
  }
}

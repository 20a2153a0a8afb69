// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

/**
 * Thrown when this version does not understand the description of a layout.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class LayoutException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The longest text in a message. The text in a file can have any length. */
  private static final int MAX_TEXT_LENGTH = 4000;

  private LayoutException(String message) {
    super(message);
  }

  static LayoutException ofText(String what, String text) {
    String shown =
        text.length() > MAX_TEXT_LENGTH ? text.substring(0, MAX_TEXT_LENGTH) + "..." : text;
    return new LayoutException(
        what + "; please report the kernel's version and this text: " + shown.strip());
  }
}

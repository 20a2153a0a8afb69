// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

/** A text that describes a layout says something that this version does not understand. */
public final class LayoutException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Of a file that is not the kernel's, it can be of any length. */
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

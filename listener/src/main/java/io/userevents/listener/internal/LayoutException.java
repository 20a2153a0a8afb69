// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

/** A text that describes a layout says something that this version does not understand. */
public final class LayoutException extends Exception {

  private static final long serialVersionUID = 1L;

  private LayoutException(String message) {
    super(message);
  }

  static LayoutException ofText(String what, String text) {
    return new LayoutException(
        what + "; please report the kernel's version and this text: " + text.strip());
  }
}

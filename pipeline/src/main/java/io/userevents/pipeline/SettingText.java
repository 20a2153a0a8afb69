// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Writes settings that applications implement as the names of their classes, because their own text
 * may be anything.
 */
final class SettingText {

  private SettingText() {}

  static String classOf(Object implementation) {
    return implementation.getClass().getName();
  }

  /** Returns the name of the class, or that nothing was set. */
  static String classOrDefault(@Nullable Object implementation) {
    return implementation == null ? "default" : classOf(implementation);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.util.Locale;

/** How a check ended. */
enum Status {
  /** As it is wanted. */
  OK,
  /** It may disturb, or is only worth knowing. */
  NOTE,
  /** Something does not work because of it. */
  FAIL,
  /** It could not be looked at. */
  SKIPPED;

  /** For people and for JSON. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

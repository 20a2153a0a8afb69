// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.util.Locale;

/** The outcome of a check. */
enum Status {
  /** The machine is in the wanted state. */
  OK,
  /** It may cause trouble, or is only worth knowing. */
  NOTE,
  /** Something does not work because of it. */
  FAIL,
  /** The check could not run. */
  SKIPPED;

  /** Returns the text for people and for JSON. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

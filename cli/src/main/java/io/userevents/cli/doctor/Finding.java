// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import org.jspecify.annotations.Nullable;

/**
 * The result of a check.
 *
 * @param status its outcome
 * @param found the facts
 * @param wanted the state in which everything works; null if the machine is in that state
 * @param command that repairs the fault; null if there is none, or nothing to repair
 */
record Finding(Status status, String found, @Nullable String wanted, @Nullable String command) {

  static Finding ok(String found) {
    return new Finding(Status.OK, found, null, null);
  }

  static Finding note(String found, @Nullable String wanted, @Nullable String command) {
    return new Finding(Status.NOTE, found, wanted, command);
  }

  static Finding fail(String found, String wanted, @Nullable String command) {
    return new Finding(Status.FAIL, found, wanted, command);
  }

  static Finding skipped(String found) {
    return new Finding(Status.SKIPPED, found, null, null);
  }
}

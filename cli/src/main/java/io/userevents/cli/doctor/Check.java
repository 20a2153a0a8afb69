// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

/** Checks one property of the machine. Checks have no state and can run in any order. */
interface Check {

  /** Returns the name, a few words such as {@code write events}. */
  String name();

  /** Runs the check. Never throws because of the machine. */
  Finding look(Machine machine);
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

/** Looks at one thing. Checks have no state, and the order in which they are run is free. */
interface Check {

  /** A few words, e.g. {@code write events}. */
  String name();

  /** Looks. Never throws because of the machine. */
  Finding look(Machine machine);
}

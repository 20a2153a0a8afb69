// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.Locale;

/** An operation of the spool that can fail. */
enum SpoolOperation {
  WRITE("write to"),
  READ("read"),
  /** The mark that a batch is sent. */
  MARK("mark a batch as sent in"),
  CLOSE("close"),
  /** The record of the run: see {@link io.userevents.agent.internal.spool.RunRecord}. */
  RECORD("write the record of this run to");

  private final String action;

  SpoolOperation(String action) {
    this.action = action;
  }

  /** Returns the operation as a log line names it, before the name of the spool. */
  String action() {
    return action;
  }

  /** Returns the name in lower case, as in metrics. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.pipeline.Outcome;
import io.userevents.syscall.Errno;
import java.util.Locale;

/** Why an export is reported as failed: the first cause for which points of it were dropped. */
final class ExportException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ExportException(String cause) {
    // Without a stack trace: it would show the consumer, which is not where the cause lies.
    super("points were dropped: cause=" + cause, null, false, false);
  }

  static String describe(Outcome outcome, int errno) {
    String cause = outcome.name().toLowerCase(Locale.ROOT);
    return errno == 0 ? cause : cause + " " + Errno.describe(errno);
  }
}

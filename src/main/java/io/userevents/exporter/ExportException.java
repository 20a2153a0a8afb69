// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.internal.syscall.Errno;
import io.userevents.pipeline.Outcome;
import java.time.Duration;
import java.util.Locale;

/**
 * An exception that says why an export has failed: the first cause for which its points were
 * dropped.
 */
final class ExportException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ExportException(String cause) {
    // There is no stack trace, because it would show the thread that completes results, not the
    // cause.
    super("points were dropped: cause=" + cause, null, false, false);
  }

  static String describe(Outcome outcome, int errno) {
    String cause = outcome.name().toLowerCase(Locale.ROOT);
    if (outcome == Outcome.DROPPED_CLOSED) {
      return cause + ", the pipeline was closed; shut the exporter down before its pipeline";
    }
    return errno == 0 ? cause : cause + " " + Errno.describe(errno);
  }

  /**
   * Returns why an export found the ring full.
   *
   * @param maxWaitNs longest wait of the export, 0 for none
   * @param isInterrupted whether the exporting thread is interrupted, which ends the wait
   */
  static String describeFull(long maxWaitNs, boolean isInterrupted) {
    String cause = describe(Outcome.DROPPED_FULL, 0);
    if (maxWaitNs == 0) {
      return cause + ", without a wait; allow one with setMaxExportWait, or enlarge the ring";
    }
    if (isInterrupted) {
      return cause + ", the exporting thread was interrupted while it waited for the ring";
    }
    return cause
        + ", the export has waited for as long as maxExportWait="
        + Duration.ofNanos(maxWaitNs)
        + " allows; raise it with setMaxExportWait, or see what holds up the consumer";
  }
}

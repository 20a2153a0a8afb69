// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.selfmetrics;

import io.opentelemetry.api.common.AttributeKey;
import io.userevents.internal.syscall.Errno;
import io.userevents.pipeline.Outcome;
import java.util.Locale;

/** Defines the values of {@code error.type}, which are few and the same in each process. */
final class ErrorTypes {

  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  private ErrorTypes() {}

  /**
   * Returns the value for an outcome, for example {@code dropped_full}, or {@code
   * dropped_error.EIO} if there is an errno.
   */
  static String of(Outcome outcome, int errno) {
    String cause = outcome.name().toLowerCase(Locale.ROOT);
    if (errno == 0) {
      return cause;
    }
    Errno known = Errno.of(errno);
    return cause + "." + (known == null ? "errno_" + errno : known.name());
  }

  /** Returns the name of the exception's class, as the conventions define it. */
  static String of(Throwable failure) {
    return failure.getClass().getName();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.selfmetrics;

import io.opentelemetry.api.common.AttributeKey;
import io.userevents.internal.syscall.Errno;
import io.userevents.pipeline.Outcome;
import java.util.Locale;

/** Values of {@code error.type}: few, and the same in each process. */
final class ErrorTypes {

  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  private ErrorTypes() {}

  /** For example {@code dropped_full}, or {@code dropped_error.EIO} if there is an errno. */
  static String of(Outcome outcome, int errno) {
    String cause = outcome.name().toLowerCase(Locale.ROOT);
    if (errno == 0) {
      return cause;
    }
    Errno known = Errno.of(errno);
    return cause + "." + (known == null ? "errno_" + errno : known.name());
  }

  /** The name of its class, as the conventions have it for exceptions. */
  static String of(Throwable failure) {
    return failure.getClass().getName();
  }
}

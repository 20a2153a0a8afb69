// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that end a capture. */
public final class LimitOptions {

  private static final int MAX_SECONDS = 1_000_000_000;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(names = "--seconds", paramLabel = "N", description = "End after N seconds.")
  private @Nullable Integer seconds;

  /** A number of points for listen, of events for record. */
  @Option(
      names = "--count",
      paramLabel = "N",
      description =
          "End after N points; the last event is shown with all its points. record counts events.")
  private @Nullable Long count;

  /** Returns the time limit in ns; {@link Long#MAX_VALUE} if there is none. */
  public long ns() {
    Integer value = seconds;
    return value == null
        ? Long.MAX_VALUE
        : TimeUnit.SECONDS.toNanos(inRange("--seconds", value, MAX_SECONDS));
  }

  /** Returns the limit of points or events; {@link Long#MAX_VALUE} if there is none. */
  public long count() {
    Long value = count;
    return value == null ? Long.MAX_VALUE : inRange("--count", value, Long.MAX_VALUE);
  }

  private long inRange(String option, long value, long max) {
    if (value < 1 || value > max) {
      throw new ParameterException(
          spec.commandLine(),
          option + " must be 1 or more" + (value > max ? ", up to " + max : "") + ": " + value);
    }
    return value;
  }
}

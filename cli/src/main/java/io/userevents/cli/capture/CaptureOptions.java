// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a command that attaches to the event. */
public final class CaptureOptions {

  private static final int MIN_BUFFER_KB = 8;
  private static final int MAX_BUFFER_KB = 1 << 20;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      defaultValue = "auto",
      description = {
        "Read by perf, which needs CAP_PERFMON, or by ftrace, which needs root. auto uses perf if"
            + " possible. Default: ${DEFAULT-VALUE}."
      })
  private Source source = Source.auto;

  @Option(
      names = "--buffer-kb",
      paramLabel = "KB",
      description = "Set the size of the kernel's buffer of each CPU, in KiB.")
  private @Nullable Integer bufferKb;

  /** The names are those of the option's values. */
  enum Source {
    auto,
    perf,
    ftrace
  }

  /** Returns the kernel's facility. */
  public Facility facility() {
    return Facility.valueOf(source.name().toUpperCase(Locale.ROOT));
  }

  /** Returns the size of each buffer in KiB, or {@link Captures#DEFAULT_BUFFER_KB}. */
  public int bufferKb() {
    Integer value = bufferKb;
    if (value == null) {
      return Captures.DEFAULT_BUFFER_KB;
    }
    if (value < MIN_BUFFER_KB || value > MAX_BUFFER_KB) {
      throw new ParameterException(
          spec.commandLine(),
          "--buffer-kb must be " + MIN_BUFFER_KB + " to " + MAX_BUFFER_KB + ": " + value);
    }
    return value;
  }
}

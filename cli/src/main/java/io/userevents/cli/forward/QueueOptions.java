// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import io.userevents.agent.ForwarderBuilder;
import io.userevents.cli.console.DurationConverter;
import io.userevents.cli.console.SizeConverter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options for waiting events: batches, memory and spool. */
final class QueueOptions {

  /**
   * The variable that systemd sets for a unit with {@code StateDirectory=}. Colons separate several
   * folders.
   */
  private static final String STATE_DIRECTORY = "STATE_DIRECTORY";

  private static final String SPOOL_FOLDER = "spool";

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--batch-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Limit the size of a request: bytes, or with K or M. Default: 1M.")
  private @Nullable Long batchSize;

  @Option(
      names = "--batch-delay",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Let an event wait for others for at most this time. Default: 1s.")
  private @Nullable Duration batchDelay;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Limit the memory of batches, without that of the JVM. Default: 64M.")
  private @Nullable Long memory;

  @Option(
      names = "--spool",
      paramLabel = "FOLDER",
      description = {
        "Keep events in this folder while the endpoint is unreachable. Default: spool in systemd's"
            + " state directory. Outside of systemd there is no spool, and memory keeps the newest"
            + " events."
      })
  private @Nullable Path spool;

  @Option(
      names = "--spool-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Limit the size of the spool. The oldest events are dropped. Default: 1G.")
  private @Nullable Long spoolSize;

  @Option(
      names = "--spool-age",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Drop spooled events at this age. Default: 24h.")
  private @Nullable Duration spoolAge;

  @Option(
      names = "--spool-sync",
      paramLabel = "WHEN",
      description = {
        "Force each batch to the disk (batch) or not (never). With never, a crash of the machine"
            + " may lose the last seconds. Default: never."
      })
  private @Nullable Sync spoolSync;

  /** The names are those of the option's values. */
  enum Sync {
    never,
    batch
  }

  void apply(ForwarderBuilder builder, Map<String, String> environment) {
    if (batchSize != null) {
      builder.setBatchBytes((int) Math.min(batchSize, Integer.MAX_VALUE));
    }
    if (batchDelay != null) {
      builder.setBatchDelay(batchDelay);
    }
    if (memory != null) {
      builder.setMemoryBytes(memory);
    }
    Path folder = spoolFolder(environment);
    if (folder != null) {
      builder.setSpool(folder);
    } else if (spoolSize != null || spoolAge != null || spoolSync != null) {
      throw new ParameterException(
          spec.commandLine(), "--spool-size, --spool-age and --spool-sync need --spool");
    }
    if (spoolSize != null) {
      builder.setSpoolMaxBytes(spoolSize);
    }
    if (spoolAge != null) {
      builder.setSpoolMaxAge(spoolAge);
    }
    if (spoolSync != null) {
      builder.setSpoolSynced(spoolSync == Sync.batch);
    }
  }

  private @Nullable Path spoolFolder(Map<String, String> environment) {
    if (spool != null) {
      return spool;
    }
    String state = environment.getOrDefault(STATE_DIRECTORY, "");
    return state.isEmpty() ? null : Path.of(state.split(":", 2)[0], SPOOL_FOLDER);
  }
}

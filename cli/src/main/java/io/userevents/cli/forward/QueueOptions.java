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

/** The options that say how events wait: batches, memory and spool. */
final class QueueOptions {

  /** Set by systemd for a unit with {@code StateDirectory=}; several are parted by colons. */
  private static final String STATE_DIRECTORY = "STATE_DIRECTORY";

  private static final String SPOOL_FOLDER = "spool";

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--batch-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Bytes of a request at most: bytes, or with K or M. Default: 1M.")
  private @Nullable Long batchSize;

  @Option(
      names = "--batch-delay",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long an event waits for others at most. Default: 1s.")
  private @Nullable Duration batchDelay;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Memory for batches; the JVM comes on top. Default: 64M.")
  private @Nullable Long memory;

  @Option(
      names = "--spool",
      paramLabel = "FOLDER",
      description = {
        "Where events go while the endpoint is away. Default: spool in systemd's state directory;"
            + " elsewhere there is none, and memory keeps the newest events."
      })
  private @Nullable Path spool;

  @Option(
      names = "--spool-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Bytes of the spool at most; the oldest events are dropped. Default: 1G.")
  private @Nullable Long spoolSize;

  @Option(
      names = "--spool-age",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Age at which spooled events are dropped. Default: 24h.")
  private @Nullable Duration spoolAge;

  @Option(
      names = "--spool-sync",
      paramLabel = "WHEN",
      description = {
        "never, so that a crash of the machine may lose the last seconds; or batch: each batch is"
            + " forced to the disk. Default: never."
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

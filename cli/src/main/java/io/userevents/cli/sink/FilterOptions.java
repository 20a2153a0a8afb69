// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.sink;

import io.userevents.cli.series.SeriesFilter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that select metrics. */
public final class FilterOptions {

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = "Select metrics of this name. * matches any characters.")
  private @Nullable String metric;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Select services of this name (service.name). * matches any characters.")
  private @Nullable String service;

  @Option(names = "--pid", paramLabel = "PID", description = "Select events of this process.")
  private @Nullable Integer pid;

  /** Returns the filter for these options. */
  public SeriesFilter filter() {
    Integer process = pid;
    if (process != null && process < 1) {
      throw new ParameterException(spec.commandLine(), "--pid must be 1 or more: " + process);
    }
    return new SeriesFilter(
        SeriesFilter.glob(metric), SeriesFilter.glob(service), process == null ? 0 : process);
  }
}

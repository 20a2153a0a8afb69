// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import io.userevents.agent.ForwarderBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that select the events to send and the attributes to add. */
final class SelectionOptions {

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--pid",
      paramLabel = "PID",
      description = "Select events of this process. May be repeated.")
  private List<Integer> pids = List.of();

  @Option(
      names = "--user",
      paramLabel = "USER",
      description =
          "Select events of this user's processes: a name in /etc/passwd, or a number. May be"
              + " repeated.")
  private List<String> users = List.of();

  @Option(
      names = "--container",
      paramLabel = "ID",
      description =
          "Select events of this container: its id, or the first characters of it. May be repeated.")
  private List<String> containers = List.of();

  @Option(
      names = "--process",
      paramLabel = "NAME",
      description =
          "Select events of processes whose name or program has this name. May be repeated.")
  private List<String> processes = List.of();

  @Option(
      names = "--metric",
      paramLabel = "PREFIX",
      description = "Select metrics whose names begin with this prefix. May be repeated.")
  private List<String> metrics = List.of();

  @Option(
      names = "--no-attribution",
      description = {
        "Do not add the kernel's data about the process: resource attributes such as"
            + " user_events.process.pid and user_events.container.id."
      })
  private boolean isAttributionOff;

  @Option(
      names = "--host-name",
      paramLabel = "NAME",
      description = {
        "Set the attribute user_events.host.name. Default: the kernel's host name, which in a"
            + " container is the name of the container."
      })
  private @Nullable String hostName;

  void apply(ForwarderBuilder builder) {
    pids.forEach(builder::addPid);
    users.forEach(user -> builder.addUserId(userId(user)));
    containers.forEach(builder::addContainerId);
    processes.forEach(builder::addProcessName);
    metrics.forEach(builder::addMetricPrefix);
    builder.setAttribution(!isAttributionOff);
    if (hostName != null) {
      builder.setHostName(hostName);
    }
  }

  private long userId(String user) {
    try {
      return Users.idOf(user);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--user: " + e.getMessage(), e);
    }
  }
}

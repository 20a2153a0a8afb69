// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import io.userevents.agent.ForwarderBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say which events are sent, and what is added to them. */
final class SelectionOptions {

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--pid",
      paramLabel = "PID",
      description = "Only events of this process; may be repeated, as all of these.")
  private List<Integer> pids = List.of();

  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "Only events of this user's processes: a name of /etc/passwd, or a number.")
  private List<String> users = List.of();

  @Option(
      names = "--container",
      paramLabel = "ID",
      description = "Only events of this container: its id, or the first characters of it.")
  private List<String> containers = List.of();

  @Option(
      names = "--process",
      paramLabel = "NAME",
      description = "Only events of processes with this name, or whose program has it.")
  private List<String> processes = List.of();

  @Option(
      names = "--metric",
      paramLabel = "PREFIX",
      description = "Only metrics whose names begin with this.")
  private List<String> metrics = List.of();

  @Option(
      names = "--no-attribution",
      description = {
        "Do not add what the kernel knows of the process: resource attributes such as"
            + " user_events.process.pid and user_events.container.id."
      })
  private boolean isAttributionOff;

  @Option(
      names = "--host-name",
      paramLabel = "NAME",
      description = {
        "The attribute user_events.host.name; in a container, the kernel's name is that of the"
            + " container. Default: the kernel's name."
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

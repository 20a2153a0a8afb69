// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import io.userevents.tracepoint.EventLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds the processes that hold the event and the listeners of the event. */
final class HoldersCheck implements Check {

  private static final String STATUS = "user_events_status";
  private static final String ENABLE = "events/user_events/" + EventLayout.OTLP_METRICS + "/enable";

  @Override
  public String name() {
    return "holders and listeners";
  }

  @Override
  public Finding look(Machine machine) {
    List<String> parts = new ArrayList<>();
    parts.add("held by " + holders(machine));
    String use;
    try {
      use = use(machine.read(machine.tracefs().resolve(STATUS)));
    } catch (IOException e) {
      parts.add(
          TracefsCheck.isMissing(machine)
              ? "the listeners are unknown, because tracefs is not mounted"
              : "only root can see the listeners");
      return Finding.ok(String.join("; ", parts));
    }
    parts.add(use);
    List<String> enabled = enabledInstances(machine);
    if (!enabled.isEmpty()) {
      parts.add("ftrace listens in " + String.join(", ", enabled));
    }
    return Finding.ok(String.join("; ", parts));
  }

  private static String holders(Machine machine) {
    List<OpenFiles.Holder> holders =
        OpenFiles.of(machine, target -> target.endsWith("/user_events_data"));
    if (holders.isEmpty()) {
      return "no process that this user can see";
    }
    return String.join(", ", holders.stream().map(OpenFiles.Holder::toString).toList());
  }

  /**
   * A line has the form {@code otlp_metrics # Used by ftrace perf} (user_seq_show of the kernel).
   */
  private static String use(String status) {
    return status
        .lines()
        .filter(line -> line.split("[ #]", 2)[0].equals(EventLayout.OTLP_METRICS))
        .findFirst()
        .map(line -> line.contains("#") ? line.replaceFirst(".*# *", "event: ") : "nobody listens")
        .orElse("the event does not exist now");
  }

  private static List<String> enabledInstances(Machine machine) {
    List<String> enabled = new ArrayList<>();
    if (isEnabled(machine, ENABLE)) {
      enabled.add("the main instance");
    }
    try {
      for (String instance : machine.list(machine.tracefs().resolve("instances"))) {
        if (isEnabled(machine, "instances/" + instance + "/" + ENABLE)) {
          enabled.add(instance);
        }
      }
    } catch (IOException e) {
      enabled.add("instances that this user cannot see");
    }
    return enabled;
  }

  private static boolean isEnabled(Machine machine, String file) {
    try {
      return machine.read(machine.tracefs().resolve(file)).startsWith("1");
    } catch (IOException e) {
      return false;
    }
  }
}

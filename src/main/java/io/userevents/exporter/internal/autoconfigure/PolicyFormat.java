// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.userevents.pipeline.BackPressurePolicies;
import io.userevents.pipeline.BackPressurePolicy;
import java.util.Arrays;
import java.util.Locale;

/** The text format of a policy: its name, followed by a colon and the parameters if it has some. */
final class PolicyFormat {

  static final Format<BackPressurePolicy> INSTANCE =
      new Format<>(
          Format.Kind.TEXT,
          "drop, spin_then_drop:SPINS (1 or more), wait_then_drop:DURATION (e.g. 500us, 1ms),"
              + " wait_unbounded, drop_by_priority:LIMITS (ascending, more than 0 to 1, e.g."
              + " 0.5,0.9,1)",
          PolicyFormat::parse);

  private PolicyFormat() {}

  private static BackPressurePolicy parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "drop" -> BackPressurePolicies.drop();
        case "wait_unbounded" -> BackPressurePolicies.waitUnbounded();
        default -> throw new IllegalArgumentException("no such policy without a parameter");
      };
    }
    String parameter = text.substring(colon + 1).trim();
    return switch (text.substring(0, colon).toLowerCase(Locale.ROOT)) {
      case "spin_then_drop" -> BackPressurePolicies.spinThenDrop(Integer.parseInt(parameter));
      case "wait_then_drop" -> BackPressurePolicies.waitThenDrop(Format.parseDuration(parameter));
      case "drop_by_priority" ->
          BackPressurePolicies.dropByPriority(
              Arrays.stream(parameter.split(",", -1)).mapToDouble(Double::parseDouble).toArray());
      default -> throw new IllegalArgumentException("no such policy with a parameter");
    };
  }
}

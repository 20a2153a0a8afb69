// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.MetricHeader.orEmpty;

import io.userevents.exporter.internal.otlp.EnvelopeReduction.Cut;
import io.userevents.exporter.internal.otlp.EnvelopeReduction.Part;
import io.userevents.exporter.internal.otlp.OtlpFields.Metric;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of Metric before its data: name, description and unit. The object is reused and is not
 * thread-safe.
 *
 * <p>To keep a budget, the description is cut, or left out if less than an eighth of the budget
 * would be left for it. Then the unit is left out. Last, the name is cut.
 */
final class MetricContent implements EnvelopeContent {

  private static final int SHORTEST_SHARE = 8;

  private final ProtoWriter measure = new ProtoWriter(0);
  private String name = "";
  private String description = "";
  private String unit = "";

  MetricContent take(
      @Nullable String newName, @Nullable String newDescription, @Nullable String newUnit) {
    name = orEmpty(newName);
    description = orEmpty(newDescription);
    unit = orEmpty(newUnit);
    return this;
  }

  @Override
  public void clear() {
    take("", "", "");
  }

  @Override
  public void writeSuffix(ProtoWriter writer) {}

  @Override
  public void writePrefix(ProtoWriter writer) {
    writer.stringFieldUnlessEmpty(Metric.UNIT, unit);
    writer.stringFieldUnlessEmpty(Metric.DESCRIPTION, description);
    writer.stringFieldUnlessEmpty(Metric.NAME, name);
  }

  @Override
  public EnvelopeReduction reduceTo(int budget) {
    String originalName = name;
    String originalDescription = description;
    String originalUnit = unit;
    description = "";
    int room = roomForText(budget);
    if (room >= budget / SHORTEST_SHARE) {
      description = CutText.cut(originalDescription, room);
    }
    if (length() > budget) {
      unit = "";
    }
    if (length() > budget) {
      name = "";
      name = CutText.cut(originalName, roomForText(budget));
    }
    List<Cut> cuts = new ArrayList<>();
    ScopeContent.addCut(cuts, "description", originalDescription, description);
    ScopeContent.addCut(cuts, "unit", originalUnit, unit);
    ScopeContent.addCut(cuts, "name", originalName, name);
    return new EnvelopeReduction(Part.METRIC, originalName, budget, cuts);
  }

  private int roomForText(int budget) {
    return budget - length() - ScopeContent.TEXT_HEADERS;
  }

  private int length() {
    return EnvelopeContent.length(this, measure);
  }
}

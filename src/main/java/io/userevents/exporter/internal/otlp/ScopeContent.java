// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.MetricHeader.orEmpty;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.userevents.exporter.internal.otlp.EnvelopeReduction.Cut;
import io.userevents.exporter.internal.otlp.EnvelopeReduction.Part;
import io.userevents.exporter.internal.otlp.OtlpFields.InstrumentationScope;
import io.userevents.exporter.internal.otlp.OtlpFields.ScopeMetrics;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of ScopeMetrics besides its metrics: a scope and its schema URL. The object is reused
 * and is not thread-safe.
 *
 * <p>To keep a budget, these steps are taken in order: a schema URL of more than a quarter of the
 * budget is left out, the attributes are reduced, the version is cut to an eighth of the budget,
 * the schema URL is left out, the version is left out, and the name is cut.
 */
final class ScopeContent implements EnvelopeContent {

  private static final int LONG_SHARE = 4;
  private static final int VERSION_SHARE = 8;

  /** The bytes that a text takes besides its own, and by which the headers around it may grow. */
  static final int TEXT_HEADERS = 6;

  private final ProtoWriter measure = new ProtoWriter(0);

  private final AttributeList attributes = new AttributeList();
  private String originalName = "";
  private String name = "";
  private String version = "";
  private String schemaUrl = "";

  ScopeContent take(InstrumentationScopeInfo scope) {
    clear();
    name = orEmpty(scope.getName());
    originalName = name;
    version = orEmpty(scope.getVersion());
    schemaUrl = orEmpty(scope.getSchemaUrl());
    attributes.addAll(scope.getAttributes());
    return this;
  }

  @Override
  public void clear() {
    attributes.clear();
    originalName = "";
    name = "";
    version = "";
    schemaUrl = "";
  }

  @Override
  public void writeSuffix(ProtoWriter writer) {
    writer.stringFieldUnlessEmpty(ScopeMetrics.SCHEMA_URL, schemaUrl);
  }

  @Override
  public void writePrefix(ProtoWriter writer) {
    int end = writer.length();
    attributes.writeTo(writer, InstrumentationScope.ATTRIBUTES);
    writeNameAndVersion(writer);
    writer.messageHeader(ScopeMetrics.SCOPE, end);
  }

  private void writeNameAndVersion(ProtoWriter writer) {
    writer.stringFieldUnlessEmpty(InstrumentationScope.VERSION, version);
    writer.stringFieldUnlessEmpty(InstrumentationScope.NAME, name);
  }

  @Override
  public EnvelopeReduction reduceTo(int budget) {
    String originalVersion = version;
    String originalSchemaUrl = schemaUrl;
    List<Cut> cuts = new ArrayList<>();
    if (ProtoWriter.utf8Length(schemaUrl) > budget / LONG_SHARE) {
      schemaUrl = "";
    }
    AttributeReducer.reduce(
        attributes, budget - lengthWithoutAttributes() - ResourceContent.HEADER_GROWTH, cuts);
    int shortestVersion = budget / VERSION_SHARE;
    if (length() > budget && ProtoWriter.utf8Length(version) > shortestVersion) {
      version = "";
      version = CutText.cut(originalVersion, Math.max(shortestVersion, roomForText(budget)));
    }
    if (length() > budget) {
      schemaUrl = "";
    }
    if (length() > budget) {
      version = "";
    }
    if (length() > budget) {
      name = "";
      name = CutText.cut(originalName, roomForText(budget));
    }
    addCut(cuts, "name", originalName, name);
    addCut(cuts, "version", originalVersion, version);
    addCut(cuts, ResourceContent.SCHEMA_URL, originalSchemaUrl, schemaUrl);
    return new EnvelopeReduction(Part.SCOPE, originalName, budget, cuts);
  }

  private int roomForText(int budget) {
    return budget - length() - TEXT_HEADERS;
  }

  private int length() {
    return EnvelopeContent.length(this, measure);
  }

  private int lengthWithoutAttributes() {
    measure.reset();
    writeSuffix(measure);
    writeNameAndVersion(measure);
    return ProtoFields.framedLength(measure.length());
  }

  static void addCut(List<Cut> cuts, String field, String original, String kept) {
    int length = ProtoWriter.utf8Length(original);
    int keptLength = ProtoWriter.utf8Length(kept);
    if (keptLength < length) {
      cuts.add(new Cut(field, length, keptLength));
    }
  }
}

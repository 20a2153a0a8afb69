// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.sdk.metrics.data.MetricData;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The parts around the points of a metric, within its budgets. The encoder's classes shorten longer
 * parts, and have their own tests ({@code EnvelopeBudgetTest}).
 */
final class BudgetOracle {

  private BudgetOracle() {}

  /** The resource and its schema URL, or null if they are within the budget. */
  static @Nullable ResourceMetrics resource(MetricData metric, EncoderLimits limits) {
    byte[] cut =
        cut(
            new ResourceContent(NamePatterns.NONE).take(metric.getResource()),
            limits.resourceBudget());
    try {
      return cut == null ? null : ResourceMetrics.parseFrom(cut);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** The scope and its schema URL, or null if they are within the budget. */
  static @Nullable ScopeMetrics scope(MetricData metric, EncoderLimits limits) {
    byte[] cut =
        cut(new ScopeContent().take(metric.getInstrumentationScopeInfo()), limits.scopeBudget());
    try {
      return cut == null ? null : ScopeMetrics.parseFrom(cut);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Name, description and unit, or null if they are within the budget. */
  static @Nullable Metric metric(MetricData metric, String description, EncoderLimits limits) {
    byte[] cut =
        cut(
            new MetricContent().take(metric.getName(), description, metric.getUnit()),
            limits.metricBudget());
    try {
      return cut == null ? null : Metric.parseFrom(cut);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static byte @Nullable [] cut(EnvelopeContent content, int budget) {
    if (EnvelopeContent.length(content, new ProtoWriter(0)) <= budget) {
      return null;
    }
    EnvelopeReduction unused = content.reduceTo(budget);
    ProtoWriter writer = new ProtoWriter(1 << 20);
    content.writeSuffix(writer);
    content.writePrefix(writer);
    return Arrays.copyOfRange(writer.array(), writer.offset(), writer.offset() + writer.length());
  }
}

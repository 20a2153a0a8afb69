// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.List;
import java.util.stream.LongStream;

/** Short ways to sums, whose points are told apart by their values. */
final class Metrics {

  private static final Attributes ATTRIBUTES = Attributes.builder().put("side", "buy").build();

  private Metrics() {}

  /** A sum with one point for each value. */
  static MetricData sum(String name, long... values) {
    return sum(name, LongStream.of(values).mapToObj(value -> point(value, ATTRIBUTES)).toList());
  }

  /** A sum with the values from the first to below the end. */
  static MetricData range(String name, long first, long end) {
    return sum(name, LongStream.range(first, end).toArray());
  }

  static MetricData sum(String name, List<LongPointData> points) {
    return ImmutableMetricData.createLongSum(
        Resource.getDefault(),
        InstrumentationScopeInfo.create("io.example.book"),
        name,
        "",
        "",
        ImmutableSumData.create(true, AggregationTemporality.DELTA, points));
  }

  /** A point with an attribute of this length, in characters. */
  static LongPointData pointOfLength(int length, long value) {
    return point(value, Attributes.builder().put("text", "x".repeat(length)).build());
  }

  private static LongPointData point(long value, Attributes attributes) {
    return ImmutableLongPointData.create(1, 2, attributes, value);
  }
}

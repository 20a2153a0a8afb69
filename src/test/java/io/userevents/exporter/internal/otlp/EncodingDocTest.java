// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.opentelemetry.sdk.metrics.data.AggregationTemporality.DELTA;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;
import io.opentelemetry.sdk.resources.Resource;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The record that {@code docs/encoding.md} takes apart. */
class EncodingDocTest {

  private static final Path DOC = Path.of("../docs/encoding.md");

  /** Offset, bytes, meaning. */
  private static final Pattern ROW =
      Pattern.compile("^\\| ([0-9]+) \\| `([0-9a-f ]+)` \\|", Pattern.MULTILINE);

  @Test
  void shouldTakeApartARecordThatTheEncoderMakes() throws Exception {
    ByteArrayOutputStream documented = new ByteArrayOutputStream();
    Matcher rows = ROW.matcher(Files.readString(DOC));
    while (rows.find()) {
      assertThat(Integer.parseInt(rows.group(1))).as(rows.group()).isEqualTo(documented.size());
      documented.writeBytes(HexFormat.ofDelimiter(" ").parseHex(rows.group(2)));
    }

    assertThat(documented.toByteArray()).isEqualTo(CollectedRecords.encodeToOne(metric()));
  }

  private static MetricData metric() {
    List<LongPointData> points = List.of(point("buy", 3), point("sell", 2));
    return ImmutableMetricData.createLongSum(
        Resource.create(Attributes.builder().put("service.name", "shop").build()),
        InstrumentationScopeInfo.create("shop.orders"),
        "orders",
        "",
        "{order}",
        ImmutableSumData.create(true, DELTA, points));
  }

  private static LongPointData point(String side, long value) {
    return ImmutableLongPointData.create(
        1_760_000_000_000_000_000L,
        1_760_000_010_000_000_000L,
        Attributes.builder().put("side", side).build(),
        value);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.Executed;
import io.userevents.cli.PeerEvents;
import io.userevents.cli.RecordedFile;
import io.userevents.cli.series.Series;
import io.userevents.cli.series.SeriesFilter;
import io.userevents.cli.series.SeriesTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Events of the exporters for Rust, .NET and C++, read from a file and shown. */
final class PeerEventsTest {

  @TempDir private Path folder;

  private Executed decode(String format, byte[]... events) throws IOException {
    Path file = folder.resolve("perf.data");
    RecordedFile.write(file, List.of(events));
    Executed decoded = Executed.command("decode", file.toString(), "--format=" + format);
    assertThat(decoded.exitCode()).as(decoded.err()).isZero();
    return decoded;
  }

  static Stream<Arguments> lines() {
    return Stream.of(
        Arguments.of(
            PeerEvents.rust(),
            "1970-01-01T00:00:12\\.000000000Z  orders +5 +2\\.5/s  side=buy  rust-shop/4242"),
        Arguments.of(
            PeerEvents.dotNet(),
            "1970-01-01T00:00:12\\.000000000Z  load +2\\.5 +side=sell  net-shop/4242"),
        Arguments.of(
            PeerEvents.dotNetHistogram(),
            "1970-01-01T00:00:12\\.000000000Z  size +n=3 p50=\\S+ p90=\\S+ p99=\\S+ sum=6"
                + " +1\\.5/s +side=sell  net-shop/4242"),
        Arguments.of(
            PeerEvents.dotNetExponentialHistogram(),
            "1970-01-01T00:00:12\\.000000000Z  latency +n=3 p50=\\S+ p90=\\S+ p99=\\S+ sum=5"
                + " +1\\.5/s +side=sell  net-shop/4242"),
        Arguments.of(
            PeerEvents.cpp(),
            "1970-01-01T00:00:12\\.000000000Z  size +n=3 p50=2 p90=2 p99=2 sum=6 By"
                + " +side=buy  cpp-shop/4242"),
        Arguments.of(
            PeerEvents.newer(), "1970-01-01T00:00:12\\.000000000Z  temperature +-1 +new-shop/4242"),
        Arguments.of(PeerEvents.withoutFields(), "- {29}  nothing +- +pid 4242"));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void shouldPrintALine(byte[] event, String line) throws Exception {
    Executed decoded = decode("text", event);

    assertThat(decoded.lines()).hasSize(1);
    assertThat(decoded.lines().get(0)).matches(line);
    assertThat(decoded.err().strip()).isEqualTo("user-events: read 1 events, 1 points");
  }

  @Test
  void shouldPrintTheirJson() throws Exception {
    Executed decoded = decode("jsonl", PeerEvents.dotNet(), PeerEvents.withoutFields());

    assertThat(decoded.lines())
        .containsExactly(
            "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\","
                + "\"value\":{\"stringValue\":\"net-shop\"}}]},\"scopeMetrics\":[{\"scope\":{"
                + "\"name\":\"meter\"},\"metrics\":[{\"name\":\"load\",\"gauge\":{\"dataPoints\":[{"
                + "\"attributes\":[{\"key\":\"side\",\"value\":{\"stringValue\":\"sell\"}}],"
                + "\"startTimeUnixNano\":\"10000000000\",\"timeUnixNano\":\"12000000000\","
                + "\"asDouble\":2.5}]}}]}]}]}",
            "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"nothing\","
                + "\"gauge\":{\"dataPoints\":[{}]}}]}]}]}");
  }

  /** Its tracepoint is declared by its name alone, and the length comes before the message. */
  @Test
  void shouldPrintAnEventOfTheCppExporterAsItsTracepointHasIt() throws Exception {
    Path file = folder.resolve("cpp.data");
    RecordedFile.writeWithoutFields(file, PeerEvents.cppData());

    Executed decoded = Executed.command("decode", file.toString());

    assertThat(decoded.exitCode()).as(decoded.err()).isZero();
    assertThat(decoded.lines()).isEqualTo(decode("text", PeerEvents.cpp()).lines());
  }

  @Test
  void shouldPrintWhatTheDotNetExporterHasInAHistogram() throws Exception {
    assertThat(decode("jsonl", PeerEvents.dotNetHistogram()).out())
        .contains("\"count\":\"3\",\"sum\":6.0,\"bucketCounts\":[\"1\",\"2\",\"0\"]")
        .contains("\"explicitBounds\":[2.0,4.0]")
        .contains("\"min\":1.0,\"max\":3.0");
  }

  /** As listen shows them. */
  @Test
  void shouldBecomeSeries() {
    SeriesTable table = new SeriesTable(SeriesFilter.ALL, 10);
    for (byte[] event :
        List.of(PeerEvents.rust(), PeerEvents.rust(), PeerEvents.dotNet(), PeerEvents.cpp())) {
      table.add(event, 42, 0, series -> {});
    }

    assertThat(table.sorted())
        .extracting(series -> series.key().metric())
        .containsExactly("load", "orders", "size");
    Series orders = table.sorted().get(1);
    assertThat(orders.value()).isEqualTo(10);
    assertThat(orders.rate()).isEqualTo(2.5);
    assertThat(orders.unit()).isEqualTo("1");
    assertThat(table.malformedEvents()).isZero();
  }
}

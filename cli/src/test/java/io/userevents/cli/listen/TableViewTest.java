// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.Events;
import io.userevents.cli.series.SeriesFilter;
import io.userevents.cli.series.SeriesTable;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TableViewTest {

  private final SeriesTable table = new SeriesTable(SeriesFilter.ALL, 1000);
  private final TableView view = new TableView(true);

  private void gauge(String metric, String side, double value) {
    table.add(Events.gauge("shop", metric, side, 1, value), 42, 0, series -> {});
  }

  private List<String> lines(int width) {
    return view.lines(table.sorted(), width, 0);
  }

  @Test
  void shouldFitIntoAnyWidth() {
    gauge("http.server.request.duration.of.a.very.long.name", "x".repeat(500), 1.5);
    gauge("日本語の名前".repeat(10), "値".repeat(100), 1e300);
    gauge("short", "buy", 1);

    for (int width = 50; width <= 250; width++) {
      int limit = width;
      assertThat(lines(width)).hasSize(4).allMatch(line -> Columns.width(line) <= limit);
    }
    // No terminal is so narrow, but nothing may fail.
    for (int width = 1; width < 50; width++) {
      int limit = width;
      assertThat(lines(width)).allMatch(line -> Columns.width(line) <= limit);
    }
  }

  @Test
  void shouldKeepColumnsAlignedWithWideCharacters() {
    gauge("日本", "buy", 1);
    gauge("metric", "日本", 2);

    List<String> lines = lines(80);

    int column = columnOf(lines.get(0), "VALUE") + "VALUE".length();
    assertThat(columnOf(lines.get(1), " 2") + 2).isEqualTo(column);
    assertThat(columnOf(lines.get(2), " 1") + 2).isEqualTo(column);
  }

  private static int columnOf(String line, String text) {
    return Columns.width(line.substring(0, line.indexOf(text)));
  }

  @Test
  void shouldCutLongAttributesInTheMiddle() {
    gauge("m", "a".repeat(100) + "END", 1);

    assertThat(lines(80).get(1)).contains("side=aa").contains("…").contains("aEND ");
  }

  @Test
  void shouldNotWidenOtherPicturesByOneLongValue() {
    gauge("m", "buy", 1);
    List<String> before = lines(80);
    gauge("m", "s".repeat(60), 2);
    assertThat(lines(80).get(1)).isNotEqualTo(before.get(1));

    assertThat(view.lines(table.sorted().subList(0, 1), 80, 0)).isEqualTo(before);
  }

  @Test
  void shouldSayWhoWroteItWhereThereIsRoom() {
    gauge("m", "buy", 1);

    assertThat(lines(80).get(0)).doesNotContain("SOURCE").contains("LAST MINUTE");
    assertThat(lines(200).get(0)).contains("SOURCE").contains("LAST MINUTE");
    assertThat(lines(200).get(1)).contains("shop/42");
  }

  @Test
  void shouldShowLeftoversOfAsciiTerminals() {
    gauge("m".repeat(100), "buy", 1);

    assertThat(String.join("", new TableView(false).lines(table.sorted(), 80, 0)))
        .matches("\\p{ASCII}+")
        .contains("~");
  }

  @Test
  void shouldDrawACurveFromTheLeastToTheGreatest() {
    assertThat(new Sparkline(true).of(new double[] {0, 1, 2, Double.NaN, 8})).isEqualTo("▁▂▃ █");
    assertThat(new Sparkline(true).of(new double[] {5, 5})).isEqualTo("▄▄");
    assertThat(new Sparkline(true).of(new double[] {Double.NaN, Double.POSITIVE_INFINITY}))
        .isEqualTo("  ");
    assertThat(new Sparkline(false).of(new double[] {-1, Double.MAX_VALUE})).isEqualTo("_#");
  }

  @Test
  void shouldCutBetweenWideCharacters() {
    Columns columns = new Columns(true);

    assertThat(columns.cutEnd("日本語", 5)).isEqualTo("日本…");
    assertThat(columns.left("日本語", 4)).isEqualTo("日… ");
    assertThat(columns.cutMiddle("日本語日本語", 6)).isEqualTo("日…語");
    assertThat(columns.cutMiddle("abcdef", 0)).isEmpty();
    assertThat(columns.cutEnd("e\u0301".repeat(3), 2)).isEqualTo("e\u0301…");
  }
}

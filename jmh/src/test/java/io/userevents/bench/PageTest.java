// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.bench.Section.Comparison;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {

  private static final Machine IDLE =
      new Machine("processor", 2, "6.12 amd64", "17", List.of(), 0.1, "2000-01-01T00:00:00Z");

  @Test
  void shouldSayHowManyTimesLessTheSubjectNeedsForEachVariant() {
    String page =
        page(
            List.of(
                new Figure("ours", "1", 50, 1, 0.0),
                new Figure("peer", "1", 100, 2, 216.0),
                new Figure("ours", "4", 25, Double.NaN, 0.0),
                new Figure("peer", "4", 100, 2, 216.0)));

    assertThat(page.lines())
        .contains(
            "| ns/record, threads: | 1 | 4 | B/op |",
            "| ours | 50.0 ± 1.0 | 25.0 | 0.00 |",
            "| peer | 100 ± 2 | 100 ± 2 | 216 |",
            "| times less, threads: | 1 | 4 |",
            "| `ours` than `peer` | 2.00 ± 0.06 | 4.00 |");
  }

  @Test
  void shouldSayThatAPeerWins() {
    String page =
        page(List.of(new Figure("ours", "1", 30, 0, null), new Figure("peer", "1", 10, 0, null)));

    assertThat(page).contains("| `ours` than `peer` | peer wins, 3.00 ± 0.00 |\n");
    assertThat(page).doesNotContain("B/op");
  }

  @Test
  void shouldSayThatTheErrorsLeaveTheComparisonOpen() {
    String page =
        page(List.of(new Figure("ours", "1", 30, 20, null), new Figure("peer", "1", 25, 10, null)));

    assertThat(page).contains("| `ours` than `peer` | open, 0.83 ± 0.65 |\n");
  }

  @Test
  void shouldCompareNothingWithAPeerThatWasLeftOut() {
    String page = page(List.of(new Figure("ours", "1", 30, 0, null)));

    assertThat(page).doesNotContain("| times less").doesNotContain("than `peer`");
    assertThat(page).contains("- The peer was left out.");
  }

  @Test
  void shouldTellOfFailuresAndOfABusyMachine() {
    Machine busy =
        new Machine("processor", 2, "6.12 amd64", "17", List.of(), 30, "2000-01-01T00:00:00Z");

    String page = Page.of(busy, "bench", List.of(), List.of("drain: gcc failed"));

    assertThat(page)
        .contains("30 % in use before the run (other work is in the figures")
        .contains("drain: gcc failed");
  }

  @Test
  void shouldNotRepeatTheTextsOfTheSectionBefore() {
    Section section = section(List.of(new Figure("ours", "1", 30, 0, null)));

    String page = Page.of(IDLE, "bench", List.of(section, section), List.of());

    assertThat(page.split("## Publishing", -1)).hasSize(3);
    assertThat(page.split("java -jar benchmarks.jar", -1)).hasSize(2);
    assertThat(page.lines().filter(line -> line.startsWith("A figure is"))).hasSize(1);
  }

  @Test
  void shouldBreakLines() {
    String page = page(List.of(new Figure("ours", "1", 30, 0, null)));

    assertThat(page.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(120));
  }

  private static String page(List<Figure> figures) {
    return Page.of(IDLE, "bench", List.of(section(figures)), List.of());
  }

  private static Section section(List<Figure> figures) {
    return new Section(
        "publish",
        "Publishing",
        "A figure is the time for each record. ".repeat(10).strip(),
        "ns/record",
        "threads",
        true,
        List.of("java -jar benchmarks.jar"),
        figures,
        List.of(new Comparison("ours", "peer")),
        List.of("The peer was left out."));
  }
}

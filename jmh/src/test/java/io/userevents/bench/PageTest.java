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
            "- threads 1: `ours` needs 2.00 ± 0.06 times less than `peer`.",
            "- threads 4: `ours` needs 4.00 times less than `peer`.");
  }

  @Test
  void shouldSayThatAPeerWins() {
    String page =
        page(List.of(new Figure("ours", "1", 30, 0, null), new Figure("peer", "1", 10, 0, null)));

    assertThat(page).contains("`peer` needs 3.00 ± 0.00 times less than `ours`: the peer wins.");
    assertThat(page).doesNotContain("B/op");
  }

  @Test
  void shouldSayThatTheErrorsLeaveTheComparisonOpen() {
    String page =
        page(List.of(new Figure("ours", "1", 30, 20, null), new Figure("peer", "1", 25, 10, null)));

    assertThat(page)
        .contains("`ours` and `peer` cannot be told apart in this run: ratio 0.83 ± 0.65.");
    assertThat(page).doesNotContain("times less");
  }

  @Test
  void shouldCompareNothingWithAPeerThatWasLeftOut() {
    String page = page(List.of(new Figure("ours", "1", 30, 0, null)));

    assertThat(page).doesNotContain("times less");
    assertThat(page).contains("- The peer was left out.");
  }

  @Test
  void shouldTellOfFailuresAndOfABusyMachine() {
    Machine busy =
        new Machine("processor", 2, "6.12 amd64", "17", List.of(), 30, "2000-01-01T00:00:00Z");

    String page = Page.of(busy, "bench", List.of(), List.of("drain: gcc failed"));

    assertThat(page).contains("30 % (other work is in the figures").contains("drain: gcc failed");
  }

  @Test
  void shouldBreakLines() {
    String page = page(List.of(new Figure("ours", "1", 30, 0, null)));

    assertThat(page.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(120));
  }

  private static String page(List<Figure> figures) {
    Section section =
        new Section(
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
    return Page.of(IDLE, "bench", List.of(section), List.of());
  }
}

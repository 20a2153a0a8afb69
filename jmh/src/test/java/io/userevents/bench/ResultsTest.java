// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.bench.Section.Comparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

  @TempDir private Path folder;

  @Test
  void shouldReadTheResultsThatItWrote() throws Exception {
    Results results = results();

    results.write(folder);

    assertThat(Results.read(folder.resolve("benchmarks/results.json"))).isEqualTo(results);
    assertThat(Files.readString(Results.page(folder)))
        .contains("![Publishing](benchmarks/publish.svg)");
    assertThat(folder.resolve("benchmarks/publish.svg")).isNotEmptyFile();
  }

  @Test
  void shouldWriteThePageOfAnEarlierRunAgain() throws Exception {
    results().write(folder);
    Path again = folder.resolve("again");

    Results.read(folder.resolve("benchmarks/results.json")).write(again);

    assertThat(Results.page(again)).hasSameTextualContentAs(Results.page(folder));
  }

  private static Results results() {
    Machine machine =
        new Machine(
            "processor", 2, "6.12 amd64", "17", List.of("-Xmx1g"), 1, "2000-01-01T00:00:00Z");
    Section section =
        new Section(
            "publish",
            "Publishing",
            "A figure is a time.",
            "ns/record",
            "threads",
            true,
            List.of("java -jar benchmarks.jar"),
            List.of(
                new Figure("ours", "1", 50, Double.NaN, null),
                new Figure("peer", "1", 100, 2, 216.0)),
            List.of(new Comparison("ours", "peer")),
            List.of("A note."));
    return new Results("./user-events bench", machine, List.of("drain: failed"), List.of(section));
  }
}

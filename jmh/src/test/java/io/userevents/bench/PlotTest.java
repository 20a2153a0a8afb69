// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class PlotTest {

  private static final String FIRST = "rgb(0,114,178)";
  private static final String SECOND = "rgb(213,94,0)";

  @TempDir private Path folder;

  @BeforeAll
  static void drawWithoutAScreen() {
    System.setProperty("java.awt.headless", "true");
  }

  @Test
  void shouldGiveEachSubjectAColour() throws Exception {
    String plot =
        drawn(
            "threads",
            List.of(
                new Figure("ours", "1", 50, 1, null),
                new Figure("peer", "1", 100, 2, null),
                new Figure("ours", "4", 25, 1, null)));

    assertThat(plot).contains(FIRST, SECOND);
  }

  @Test
  void shouldDrawABarForEachSubjectWithoutAVariant() throws Exception {
    String plot =
        drawn(
            "",
            List.of(
                new Figure("isAttached", "", 2, 1, null), new Figure("publish", "", 5, 1, null)));

    assertThat(plot).contains(FIRST).doesNotContain(SECOND);
  }

  @Test
  void shouldDrawValuesThatAreFarApart() throws Exception {
    String plot =
        drawn(
            "series",
            List.of(
                new Figure("ours", "1", 0.01, 0, null), new Figure("peer", "1", 300_000, 0, null)));

    assertThat(plot).contains(FIRST, SECOND);
  }

  @Test
  void shouldDrawTheRateThatFollowsFromATime() {
    Figure figure = new Figure("ours", "1", 50, 0, null);

    assertThat(Plot.plotted(section(null), figure)).isEqualTo(50);
    assertThat(Plot.plotted(section("points per CPU second"), figure)).isEqualTo(20_000_000);
  }

  private static Section section(@Nullable String rate) {
    return new Section(
        "peers",
        "Peers",
        "",
        "ns/point",
        "series",
        true,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        rate);
  }

  /** The plot, which is well-formed; letters are outlines in it. */
  private String drawn(String variantName, List<Figure> figures) throws Exception {
    Path file = folder.resolve("plot.svg");
    Plot.write(
        new Section(
            "publish",
            "Publishing",
            "",
            "ns/record",
            variantName,
            true,
            List.of(),
            figures,
            List.of(),
            List.of()),
        file);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    Document document = factory.newDocumentBuilder().parse(file.toFile());
    assertThat(document.getDocumentElement().getNodeName()).isEqualTo("svg");
    return Files.readString(file);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.site;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitHubAnchorsTest {

  @ParameterizedTest
  @CsvSource({
    "Threads, threads",
    "The exporter's wait, the-exporters-wait",
    "'Libraries, JDKs and platforms', libraries-jdks-and-platforms",
    "io.userevents.pipeline, iousereventspipeline",
    "max_export_wait, max_export_wait",
    "A flag: --add-exports, a-flag---add-exports",
    "Read & write, read--write",
    "Überlauf, überlauf",
  })
  void shouldKeepOnlyLettersDigitsUnderscoresAndHyphens(String heading, String anchor) {
    assertThat(new GitHubAnchors().next(heading)).isEqualTo(anchor);
  }

  @Test
  void shouldNumberHeadingsOfTheSameText() {
    GitHubAnchors anchors = new GitHubAnchors();

    assertThat(anchors.next("Fixed")).isEqualTo("fixed");
    assertThat(anchors.next("Fixed")).isEqualTo("fixed-1");
    assertThat(anchors.next("Fixed")).isEqualTo("fixed-2");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.ClassReferences;
import org.junit.jupiter.api.Test;

/** The pipeline has a test of the same name, which says why. */
class LateLinkingTest {

  @Test
  void shouldConcatenateTextsWithoutLinking() {
    assertThat(ClassReferences.of(UserEventsMetricExporter.class).lines())
        .anyMatch(line -> line.contains("-> java.lang.invoke.LambdaMetafactory"))
        .noneMatch(line -> line.contains("StringConcatFactory"));
  }
}

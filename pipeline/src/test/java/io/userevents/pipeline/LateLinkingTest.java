// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.ClassReferences;
import io.userevents.tracepoint.Tracepoint;
import org.junit.jupiter.api.Test;

/**
 * What the JVM links at its first run: if memory is short then, it fails at that place for ever
 * (JVM specification, 5.4.3.6).
 */
class LateLinkingTest {

  private final String references = ClassReferences.of(RecordPipeline.class, Tracepoint.class);

  @Test
  void shouldConcatenateTextsWithoutLinking() {
    assertThat(references.lines()).noneMatch(line -> line.contains("StringConcatFactory"));
  }

  @Test
  void shouldFindLinkingThatThereIs() {
    assertThat(references.lines())
        .anyMatch(line -> line.contains("-> java.lang.invoke.LambdaMetafactory"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

/** A failed warm-up is logged at FINE only, so that nobody would see it. */
class PublishWarmUpTest {

  @Test
  void shouldReachItsEnd() {
    assertThatCode(PublishWarmUp::run).doesNotThrowAnyException();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HighestCountTest {

  private final HighestCount count = new HighestCount();

  @Test
  void shouldNeverFall() {
    assertThat(count.atLeast(10)).isEqualTo(10);
    // A source that fails, and another one that has fewer.
    assertThat(count.atLeast(3)).isEqualTo(10);
    assertThat(count.atLeast(11)).isEqualTo(11);
  }
}

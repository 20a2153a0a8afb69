// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.Circles;
import io.userevents.tracepoint.Tracepoint;
import org.junit.jupiter.api.Test;

/** Files know listeners, and both know the kernel's layouts; nothing the other way round. */
class CirclesTest {

  @Test
  void shouldHaveNoPackagesThatReferToEachOther() {
    assertThat(Circles.among(TracepointListener.class, Tracepoint.class).ofPackages()).isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.Circles;
import io.userevents.tracepoint.Tracepoint;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

class CirclesTest {

  /** Classes that refer to each other since neither is of use alone. */
  private static final List<Set<String>> BELONG_TOGETHER =
      List.of(
          // A builder and its product; the product's agent, which says whose it is.
          Set.of(
              "Consumer",
              "ConsumerThread",
              "PipelineAgent",
              "PipelineAssembly",
              "PipelineInvoker",
              "RecordPipeline",
              "RecordPipelineBuilder"),
          // A claim of a slot is noted at its publisher, by plain stores of the ring.
          Set.of(
              "BackPressure",
              "Publisher",
              "PublisherLink",
              "PublisherPadding",
              "RecordClaim",
              "RecordRing"),
          // Interfaces that make their implementations.
          Set.of("BlockingIdle", "ConsumerIdle", "SleepingIdle", "WakeableIdle"),
          Set.of("ForeignSyscalls", "JnaSyscalls", "Syscalls", "SyscallsChoice"));

  private final Circles circles = Circles.among(RecordPipeline.class, Tracepoint.class);

  @Test
  void shouldHaveNoPackagesThatReferToEachOther() {
    assertThat(circles.ofPackages()).isEmpty();
  }

  @Test
  void shouldHaveNoClassesThatReferToEachOtherUnlessTheyBelongTogether() {
    assertThat(circles.ofClasses()).allMatch(CirclesTest::belongTogether);
  }

  @Test
  void shouldFindCirclesThatThereAre() {
    assertThat(circles.ofClasses())
        .anyMatch(circle -> circle.containsAll(Set.of("RecordPipeline", "RecordPipelineBuilder")));
  }

  private static boolean belongTogether(SortedSet<String> circle) {
    return BELONG_TOGETHER.stream().anyMatch(classes -> classes.containsAll(circle));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * Races a reader of the statistics against a thread that publishes a record and one whose record is
 * refused: the statistics never show more outcomes than offers, and show as many at the end.
 */
@JCStressTest
@Outcome(
    id = {
      "0 of 0, taken:WRITTEN, balanced",
      "0 of 1, taken:WRITTEN, balanced",
      "0 of 2, taken:WRITTEN, balanced",
      "1 of 1, taken:WRITTEN, balanced",
      "1 of 2, taken:WRITTEN, balanced",
      "2 of 2, taken:WRITTEN, balanced"
    },
    expect = Expect.ACCEPTABLE,
    desc = "As many outcomes as offers, or fewer.")
@State
public class StatisticsAgainstPublishStress {

  private static final int PUBLISHERS = 2;

  private final Race race = new Race();

  @Actor
  public void publisher() {
    race.begin();
    race.publish(0);
    race.closeAsLastOf(PUBLISHERS);
  }

  @Actor
  public void refusedPublisher() {
    race.begin();
    race.publishTooLong();
    race.closeAsLastOf(PUBLISHERS);
  }

  @Actor
  public void reader(LLL_Result result) {
    race.begin();
    PipelineStatistics statistics = race.statistics();
    result.r1 = statistics.outcomes() + " of " + statistics.offered();
  }

  @Actor
  public void consumer() {
    race.begin();
    race.consume();
  }

  @Arbiter
  public void end(LLL_Result result) {
    result.r2 = race.endOf(0);
    result.r3 = race.balance();
  }
}

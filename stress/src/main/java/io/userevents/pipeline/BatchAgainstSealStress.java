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
 * Races publishes of two batches, one after the other, against the consumer that makes its ring
 * full for good: the seal never takes only a part of a batch's slots.
 */
@JCStressTest
@Outcome(
    id = "taken:WRITTEN+WRITTEN, taken:WRITTEN+WRITTEN, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Both came first.")
@Outcome(
    id = "taken:WRITTEN+WRITTEN, refused:DROPPED_CLOSED+DROPPED_CLOSED, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Sealed in between.")
@Outcome(
    id = "refused:DROPPED_CLOSED+DROPPED_CLOSED, refused:DROPPED_CLOSED+DROPPED_CLOSED, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Sealed first.")
@State
public class BatchAgainstSealStress {

  private final Race race = new Race();

  @Actor
  public void publisher() {
    race.begin();
    race.publishTwice(0);
    race.publishTwice(1);
  }

  @Actor
  public void closer() {
    race.begin();
    race.close();
    race.consume();
  }

  @Arbiter
  public void end(LLL_Result result) {
    result.r1 = race.endOf(0);
    result.r2 = race.endOf(1);
    result.r3 = race.balance();
  }
}

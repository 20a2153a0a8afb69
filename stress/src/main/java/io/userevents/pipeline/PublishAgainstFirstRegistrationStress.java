// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/**
 * Races two publishers against the consumer, which still allocates the ring's memory while a
 * listener is already attached: a record goes whole into allocated memory, or is refused as
 * detached.
 */
@JCStressTest
@Outcome(
    id = "taken:WRITTEN, taken:WRITTEN, balanced, none",
    expect = Expect.ACCEPTABLE,
    desc = "Both came after the memory.")
@Outcome(
    id = "taken:WRITTEN, refused:DROPPED_DETACHED, balanced, none",
    expect = Expect.ACCEPTABLE,
    desc = "The second came first.")
@Outcome(
    id = "refused:DROPPED_DETACHED, taken:WRITTEN, balanced, none",
    expect = Expect.ACCEPTABLE,
    desc = "The first came first.")
@Outcome(
    id = "refused:DROPPED_DETACHED, refused:DROPPED_DETACHED, balanced, none",
    expect = Expect.ACCEPTABLE,
    desc = "Both came before the memory.")
@State
public class PublishAgainstFirstRegistrationStress {

  private static final int PUBLISHERS = 2;

  private final Race race = new Race(Records.COUNT, BackPressurePolicies.drop(), false);

  @Actor
  public void publisher1() {
    race.begin();
    race.publish(0);
    race.closeAsLastOf(PUBLISHERS);
  }

  @Actor
  public void publisher2() {
    race.begin();
    race.claimAndCommit(1);
    race.closeAsLastOf(PUBLISHERS);
  }

  @Actor
  public void consumer() {
    race.consume();
  }

  @Arbiter
  public void end(LLLL_Result result) {
    result.r1 = race.endOf(0);
    result.r2 = race.endOf(1);
    result.r3 = race.balance();
    result.r4 = race.outcomesOf(2);
  }
}

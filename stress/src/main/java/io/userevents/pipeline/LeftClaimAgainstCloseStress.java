// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * Races a publish that has a slot, and that an error ends, against a close: the consumer gives the
 * slot up, or there was none.
 */
@JCStressTest
@Outcome(
    id = "taken:DROPPED_ABORTED, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Claimed first.")
@Outcome(
    id = "refused:DROPPED_CLOSED, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Closed first.")
@State
public class LeftClaimAgainstCloseStress {

  private final Race race = new Race();

  @Actor
  public void publisher() {
    race.begin();
    race.leave(0);
  }

  @Actor
  public void closer() {
    race.begin();
    race.closeStarted();
  }

  @Actor
  public void consumer() {
    race.begin();
    race.consume();
  }

  @Arbiter
  public void end(LL_Result result) {
    result.r1 = race.endOf(0);
    result.r2 = race.balance();
  }
}

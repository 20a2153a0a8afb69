// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Races a claim against a close: the consumer waits for the record, or there was no slot. */
@JCStressTest
@Outcome(id = "taken:WRITTEN, balanced", expect = Expect.ACCEPTABLE, desc = "Claimed first.")
@Outcome(
    id = "refused:DROPPED_CLOSED, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Closed first.")
@State
public class ClaimAgainstCloseStress {

  private final Race race = new Race();

  @Actor
  public void claimer() {
    race.begin();
    race.claimAndCommit(0);
  }

  @Actor
  public void closer() {
    race.begin();
    race.close();
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

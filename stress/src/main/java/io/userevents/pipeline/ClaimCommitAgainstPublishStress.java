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
 * Races a commit of a claim against a publish of another thread: both records are written whole.
 */
@JCStressTest
@Outcome(
    id = "taken:WRITTEN, taken:WRITTEN, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "There is room for both.")
@State
public class ClaimCommitAgainstPublishStress {

  private static final int PUBLISHERS = 2;

  private final Race race = new Race();

  @Actor
  public void claimer() {
    race.begin();
    race.claimAndCommit(0);
    race.closeAsLastOf(PUBLISHERS);
  }

  @Actor
  public void publisher() {
    race.begin();
    race.publish(1);
    race.closeAsLastOf(PUBLISHERS);
  }

  @Actor
  public void consumer() {
    race.begin();
    race.consume();
  }

  @Arbiter
  public void end(LLL_Result result) {
    result.r1 = race.endOf(0);
    result.r2 = race.endOf(1);
    result.r3 = race.balance();
  }
}

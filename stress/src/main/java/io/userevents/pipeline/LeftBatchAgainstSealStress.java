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
 * Races a thread in which an error ends the publish of a batch after its first record, and which
 * then publishes another batch, against the consumer that makes the ring full for good: the slot
 * that is left is given up once.
 */
@JCStressTest
@Outcome(
    id = "taken:WRITTEN+DROPPED_ABORTED, taken:WRITTEN+WRITTEN, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Both came first.")
@Outcome(
    id = "taken:WRITTEN+DROPPED_ABORTED, refused:DROPPED_CLOSED+DROPPED_CLOSED, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Closed in between.")
@Outcome(
    id = "refused:DROPPED_CLOSED+DROPPED_CLOSED, refused:DROPPED_CLOSED+DROPPED_CLOSED, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Closed first.")
@State
public class LeftBatchAgainstSealStress {

  private final Race race = new Race();

  @Actor
  public void publisher() {
    race.begin();
    race.leaveSecond(0);
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

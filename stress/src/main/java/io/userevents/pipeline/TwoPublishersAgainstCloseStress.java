// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Races two threads that each publish a record against a close. */
@JCStressTest
@Outcome(
    id = "taken:WRITTEN, taken:WRITTEN, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Both published first.")
@Outcome(
    id = {
      "taken:WRITTEN, refused:DROPPED_CLOSED, balanced",
      "refused:DROPPED_CLOSED, taken:WRITTEN, balanced"
    },
    expect = Expect.ACCEPTABLE,
    desc = "Closed between them.")
@Outcome(
    id = "refused:DROPPED_CLOSED, refused:DROPPED_CLOSED, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Closed first.")
@State
public class TwoPublishersAgainstCloseStress {

  private final Race race = new Race();

  @Actor
  public void publisher() {
    race.begin();
    race.publish(0);
  }

  @Actor
  public void otherPublisher() {
    race.begin();
    race.publish(1);
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
  public void end(LLL_Result result) {
    result.r1 = race.endOf(0);
    result.r2 = race.endOf(1);
    result.r3 = race.balance();
  }
}

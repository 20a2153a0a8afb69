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
 * Races an application that starts and drives the agent from its duty cycle against a publish and a
 * close: one thread ends the pipeline, and the record has one outcome.
 */
@JCStressTest
@Outcome(id = "taken:WRITTEN, balanced", expect = Expect.ACCEPTABLE, desc = "Published first.")
@Outcome(
    id = "refused:DROPPED_CLOSED, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Closed first.")
@State
public class AgentAgainstPublishAndCloseStress {

  private final Race race = new Race();

  @Actor
  public void publisher() {
    race.begin();
    race.publish(0);
  }

  @Actor
  public void closer() {
    race.begin();
    race.close();
  }

  @Actor
  public void agent() {
    race.begin();
    race.drive();
  }

  @Arbiter
  public void end(LL_Result result) {
    result.r1 = race.endOf(0);
    result.r2 = race.balance();
  }
}

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
 * Races a publisher that finds the ring full, and waits without bound, against a close: it gets a
 * slot or is refused, and always returns.
 */
@JCStressTest
@Outcome(
    id = "taken:WRITTEN, taken:WRITTEN, taken:WRITTEN, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "The consumer freed a slot first.")
@Outcome(
    id = "taken:WRITTEN, taken:WRITTEN, refused:DROPPED_CLOSED, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Closed first.")
@State
public class PolicyAgainstCloseStress {

  private static final int RING_SLOTS = 2;

  private final Race race = new Race(RING_SLOTS, BackPressurePolicies.waitUnbounded());

  public PolicyAgainstCloseStress() {
    race.publish(0);
    race.publish(1);
  }

  @Actor
  public void publisher() {
    race.begin();
    race.publish(2);
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
  public void end(LLLL_Result result) {
    result.r1 = race.endOf(0);
    result.r2 = race.endOf(1);
    result.r3 = race.endOf(2);
    result.r4 = race.balance();
  }
}

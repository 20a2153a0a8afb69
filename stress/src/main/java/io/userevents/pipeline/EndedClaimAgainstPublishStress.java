// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Races the consumer, which gives up the slot of an ended thread, against a publish of another
 * thread; the slot is claimed again in the next round of the ring.
 */
@JCStressTest
@Outcome(
    id = "6 records and 1 empty",
    expect = Expect.ACCEPTABLE,
    desc = "Each slot was published once.")
@State
public class EndedClaimAgainstPublishStress {

  private final RingRace race = new RingRace();
  private final Publisher publisher = race.publisher();

  public EndedClaimAgainstPublishStress() {
    var unused = race.endedWithSlot();
  }

  @Actor
  public void publisher() {
    race.publish(publisher);
  }

  @Actor
  public void consumer() {
    race.consume();
  }

  @Arbiter
  public void end(L_Result result) {
    result.r1 = race.taken();
  }
}

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
 * Races publishes, one after the other, against the consumer that makes its ring full for good,
 * which is how it ends. Unlike in {@link PublishAgainstCloseStress}, the consumer ends at once, so
 * the two actors meet there.
 */
@JCStressTest
@Outcome(
    id = "[0-4] written then [0-4] refused, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "From one record on all are refused.")
@State
public class PublishAgainstSealStress {

  private final Race race = new Race();

  @Actor
  public void publisher() {
    race.begin();
    for (int tag = 0; tag < Records.COUNT; tag++) {
      race.publish(tag);
    }
  }

  @Actor
  public void closer() {
    race.begin();
    race.close();
    race.consume();
  }

  @Arbiter
  public void end(LL_Result result) {
    result.r1 = race.endOfAllInOrder();
    result.r2 = race.balance();
  }
}

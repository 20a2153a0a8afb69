// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJI_Result;

/**
 * Races the consumer, which forgets an ended thread, against a thread that reads the sums and one
 * that publishes for the first time: the sums have each record once, and the record of the new
 * publisher as soon as it is published.
 */
@JCStressTest
@Outcome(
    id = {"1, 2, [01]", "2, 2, [01]"},
    expect = Expect.ACCEPTABLE,
    desc =
        "The record of the ended thread once, and that of the new publisher before or after; its"
            + " thread may have ended too, and be forgotten.")
@State
public class ForgettingAgainstStatisticsStress {

  private final Publishers publishers = new Publishers();

  public ForgettingAgainstStatisticsStress() {
    // This thread never starts, so it is not alive.
    publishers.add(new Thread(() -> {})).accepted++;
  }

  @Actor
  public void consumer() {
    var unused = publishers.lookAfter(System.nanoTime());
  }

  @Actor
  public void reader(JJI_Result result) {
    result.r1 = publishers.sums().accepted;
  }

  @Actor
  public void publisher() {
    publishers.current().accepted++;
  }

  @Arbiter
  public void end(JJI_Result result) {
    result.r2 = publishers.sums().accepted;
    result.r3 = publishers.size();
  }
}

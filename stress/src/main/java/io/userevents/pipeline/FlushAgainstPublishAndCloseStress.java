// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/**
 * Races a publisher that flushes after its record against another thread that flushes at any time
 * and a close: both flushes complete, and the publisher's completes after the outcome of its
 * record.
 */
@JCStressTest
@Outcome(
    id = "taken:WRITTEN, WRITTEN, flushed, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Published first.")
@Outcome(
    id = "refused:DROPPED_CLOSED, DROPPED_CLOSED, flushed, balanced",
    expect = Expect.ACCEPTABLE,
    desc = "Closed first.")
@State
public class FlushAgainstPublishAndCloseStress {

  private static final CompletableFuture<Void> NEVER = new CompletableFuture<>();

  private final Race race = new Race();
  private CompletableFuture<Void> flush = NEVER;
  private String knownAtFlush = "never flushed";

  @Actor
  public void publisher() {
    race.begin();
    race.publish(0);
    var unused = race.flush().thenRun(() -> knownAtFlush = race.outcomesOf(0));
  }

  @Actor
  public void flusher() {
    race.begin();
    flush = race.flush();
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
    result.r2 = knownAtFlush;
    result.r3 = flush.isDone() && !flush.isCompletedExceptionally() ? "flushed" : "never flushed";
    result.r4 = race.balance();
  }
}

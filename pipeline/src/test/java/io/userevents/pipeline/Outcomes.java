// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what it was told. */
final class Outcomes implements OutcomeListener {

  /** One call. */
  record Told(long tag, Outcome outcome, int errno) {}

  private final List<Told> told = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  @Override
  public void onOutcome(long tag, Outcome outcome, int errno) {
    threads.add(Thread.currentThread());
    told.add(new Told(tag, outcome, errno));
  }

  List<Told> told() {
    return told;
  }

  List<Thread> threads() {
    return threads;
  }

  List<Outcome> outcomes() {
    return told.stream().map(Told::outcome).toList();
  }
}

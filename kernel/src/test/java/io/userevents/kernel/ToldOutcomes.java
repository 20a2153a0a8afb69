// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.OutcomeListener;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The outcomes that a pipeline has reported for many records, whose tags are 0, 1, 2 and so on. */
final class ToldOutcomes implements OutcomeListener {

  private static final VarHandle BYTES = MethodHandles.arrayElementVarHandle(byte[].class);
  private static final Outcome[] OUTCOMES = Outcome.values();

  /** For each record, its outcome's ordinal plus 1, or 0. */
  private final byte[] told;

  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger repetitions = new AtomicInteger();

  ToldOutcomes(int records) {
    told = new byte[records];
  }

  @Override
  public void onOutcome(long tag, Outcome outcome, int errno) {
    if (BYTES.compareAndSet(told, (int) tag, (byte) 0, (byte) (outcome.ordinal() + 1))) {
      count.getAndIncrement();
    } else {
      repetitions.getAndIncrement();
    }
  }

  /** Returns the number of records with a reported outcome. */
  int count() {
    return count.get();
  }

  /** Returns how often an outcome was reported for a record that already had one. */
  int repetitions() {
    return repetitions.get();
  }

  int count(Outcome outcome) {
    int sum = 0;
    for (int i = 0; i < told.length; i++) {
      sum += of(i) == outcome ? 1 : 0;
    }
    return sum;
  }

  @Nullable Outcome of(int record) {
    byte ordinal = (byte) BYTES.getVolatile(told, record);
    return ordinal == 0 ? null : OUTCOMES[ordinal - 1];
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/** Counts records that get no slot, and calls their listeners. Any thread may call the methods. */
final class Refusals {

  private final OutcomeListeners listeners;
  private final Publishers publishers;
  private final SlotEntries entries;

  Refusals(OutcomeListeners listeners, Publishers publishers, SlotEntries entries) {
    this.listeners = listeners;
    this.publishers = publishers;
    this.entries = entries;
  }

  /** Refuses a record for this reason, and returns the reason. */
  PublishResult refuse(
      Publisher publisher,
      PublishResult result,
      int length,
      @Nullable OutcomeListener listener,
      long tag) {
    Outcome outcome = result.refusal();
    publisher.refused(outcome, length);
    reportSoon(outcome);
    if (listener != null) {
      listeners.call(listener, tag, outcome, 0);
    }
    return result;
  }

  /** Calls the listener of a record that is already counted. */
  void tell(OutcomeListener listener, long tag, Outcome outcome) {
    listeners.call(listener, tag, outcome, 0);
  }

  /** Refuses several records for this reason, and returns the reason. */
  PublishResult refuseAll(
      Publisher publisher,
      PublishResult result,
      int[] lengths,
      int count,
      @Nullable OutcomeListener listener,
      long tag) {
    for (int i = 0; i < count; i++) {
      var unused = refuse(publisher, result, lengths[i], listener, tag);
    }
    return result;
  }

  /**
   * Refuses a record of a pipeline that is not open, and returns the reason. Keeps nothing of the
   * publishing thread, because the consumer that would forget it may never run.
   */
  PublishResult refuseUnopened(
      PublishResult result, int length, @Nullable OutcomeListener listener, long tag) {
    Outcome outcome = result.refusal();
    publishers.refusedUnopened(entries, outcome, length);
    reportSoon(outcome);
    if (listener != null) {
      listeners.call(listener, tag, outcome, 0);
    }
    return result;
  }

  /** Refuses several records like {@link #refuseUnopened}. */
  PublishResult refuseAllUnopened(
      PublishResult result,
      int[] lengths,
      int count,
      @Nullable OutcomeListener listener,
      long tag) {
    for (int i = 0; i < count; i++) {
      var unused = refuseUnopened(result, lengths[i], listener, tag);
    }
    return result;
  }

  private void reportSoon(Outcome outcome) {
    if (outcome != Outcome.DROPPED_DETACHED) {
      publishers.dropped();
    }
  }
}

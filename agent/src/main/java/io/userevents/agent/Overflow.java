// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.spool.Spool;
import io.userevents.agent.internal.spool.SpoolLoss;
import io.userevents.agent.internal.spool.SpoolLosses;
import io.userevents.agent.internal.spool.SpooledBatch;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The spool, if there is one, as the dispatcher uses it: what it takes, gives and loses is booked
 * in the accounts. After a failed write it takes nothing for a second, after a failed read it gives
 * nothing.
 *
 * <p>For the dispatcher's thread, but for {@link #bytes}.
 */
final class Overflow {

  private static final Logger LOGGER = Logger.getLogger(Forwarder.class.getName());
  private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

  private final @Nullable Spool spool;
  private final String place;
  private final Accounts accounts;
  private final Throttle failures = new Throttle();
  private final Throttle losses = new Throttle();

  /** The batch that {@link #next} gave, and how many of its events have left the spool since. */
  private @Nullable SpooledBatch given;

  private int settledOfGiven;

  /** Apart, as a full disk can be read. */
  private final Pause writing = new Pause();

  private final Pause reading = new Pause();
  private long expiredNs = System.nanoTime();
  private volatile long bytes;

  /**
   * An overflow.
   *
   * @param place of the spool, for log lines
   */
  Overflow(@Nullable Spool spool, String place, Accounts accounts) {
    this.spool = spool;
    this.place = place;
    this.accounts = accounts;
    if (spool != null) {
      SpoolLosses found = spool.takeLosses();
      // Those that were damaged when it was opened are not among the recovered ones.
      accounts.recovered(spool.recoveredEvents() + found.damaged().events());
      book(spool, found);
    }
  }

  /** Where batches wait while the endpoint is away, for a log line. */
  String description() {
    return spool == null ? "in memory" : "in " + place;
  }

  /** Whether no batch is in the spool. */
  boolean isEmpty() {
    return spool == null || spool.isEmpty();
  }

  /** Bytes of the spool's files. Any thread may ask. */
  long bytes() {
    return bytes;
  }

  /**
   * Writes the events of a batch from one on.
   *
   * @return whether it did; if not, nothing has changed
   */
  boolean take(Batch batch, int firstEvent) {
    Spool target = spool;
    if (target == null || writing.isOn()) {
      return false;
    }
    int start = batch.start(firstEvent);
    int events = batch.events() - firstEvent;
    boolean isTaken = false;
    try {
      int end = batch.encodeIndex(firstEvent);
      target.append(batch.bytes(), start, end - start, events, batch.createdMs());
      accounts.move(Outcome.IN_MEMORY, Outcome.IN_SPOOL, events);
      isTaken = true;
    } catch (IOException e) {
      writing.begin();
      tell("write to", e);
    }
    book(target, target.takeLosses());
    return isTaken;
  }

  /** The oldest batch of the spool, or null if there is none or it cannot be read now. */
  @Nullable Delivery next() {
    Spool from = spool;
    if (from == null || reading.isOn()) {
      return null;
    }
    while (true) {
      given = null;
      try {
        given = from.peek();
      } catch (IOException e) {
        reading.begin();
        tell("read", e);
      }
      book(from, from.takeLosses());
      SpooledBatch batch = given;
      if (batch == null) {
        return null;
      }
      byte[] content = batch.bytes();
      try {
        return new Delivery(content, Batch.decodeIndex(content, content.length, batch.events()));
      } catch (IllegalArgumentException e) {
        // Intact, but nothing that this agent wrote.
        LOGGER.log(
            Level.WARNING, "cannot use a batch of the spool {0}: {1}", new Object[] {place, e});
        accounts.move(Outcome.IN_SPOOL, Outcome.SPOOL_DAMAGED, batch.events());
        remove();
      }
    }
  }

  /** Books events of the batch that {@link #next} gave. */
  void settle(Outcome outcome, int events) {
    accounts.move(Outcome.IN_SPOOL, outcome, events);
    settledOfGiven += events;
  }

  /** Removes the batch that {@link #next} gave, of which all events have been booked. */
  void remove() {
    Spool from = spool;
    if (from == null) {
      return;
    }
    forgetGiven();
    try {
      from.remove();
    } catch (IOException e) {
      tell("mark a batch as sent in", e);
    }
    book(from, from.takeLosses());
  }

  /**
   * Drops what is too old, once a second. Not to be called while a batch of the spool is under way.
   *
   * @return whether the batch that {@link #next} gave was dropped
   */
  boolean expire(long nowMs) {
    Spool from = spool;
    if (from == null || System.nanoTime() - expiredNs < PAUSE_NS) {
      return false;
    }
    expiredNs = System.nanoTime();
    SpoolLoss expired = from.expire(nowMs);
    boolean isGivenDropped = given != null && !from.hasPeeked();
    long settled = isGivenDropped ? settledOfGiven : 0;
    lose(Outcome.SPOOL_EXPIRED, expired.events() - settled);
    tell("expired", expired);
    book(from, from.takeLosses());
    if (isGivenDropped) {
      forgetGiven();
    }
    return isGivenDropped;
  }

  void close() {
    Spool last = spool;
    if (last == null) {
      return;
    }
    long settled = settledOfGiven;
    try {
      last.close();
    } catch (IOException e) {
      tell("close", e);
    }
    SpoolLosses lost = last.takeLosses();
    bytes = last.bytes();
    // The batch that was given counts as a whole, if its file had to go meanwhile.
    long full = lost.full().events();
    lose(Outcome.SPOOL_FULL, full == 0 ? 0 : full - settled);
    lose(Outcome.SPOOL_DAMAGED, lost.damaged().events());
  }

  private void book(Spool from, SpoolLosses lost) {
    bytes = from.bytes();
    if (lost.isNone()) {
      return;
    }
    lose(Outcome.SPOOL_FULL, lost.full().events());
    lose(Outcome.SPOOL_DAMAGED, lost.damaged().events());
    accounts.damaged(lost.damaged().uncounted());
    tell("full", lost.full());
    tell("damaged", lost.damaged());
  }

  private void lose(Outcome outcome, long events) {
    long missing = accounts.moveUpTo(Outcome.IN_SPOOL, outcome, events);
    if (missing != 0 && losses.isDue()) {
      LOGGER.log(
          Level.SEVERE,
          "the spool {0} tells of more lost events than it had: outcome={1}, missing={2}",
          new Object[] {place, outcome.label(), missing});
    }
  }

  private void tell(String cause, SpoolLoss loss) {
    if (!loss.isNone() && losses.isDue()) {
      LOGGER.log(
          Level.WARNING,
          "the spool {0} lost events: cause={1}, events={2}, batches={3}; the agent''s metrics have all",
          new Object[] {place, cause, loss.events(), loss.batches()});
    }
  }

  private void forgetGiven() {
    given = null;
    settledOfGiven = 0;
  }

  private void tell(String action, IOException e) {
    if (failures.isDue()) {
      LOGGER.log(
          Level.WARNING,
          "cannot {0} the spool {1}, will try again: {2}",
          new Object[] {action, place, e.toString()});
    }
  }

  /** A second after a failure in which nothing is tried. */
  private static final class Pause {
    private boolean isOn;
    private long startNs;

    void begin() {
      isOn = true;
      startNs = System.nanoTime();
    }

    boolean isOn() {
      isOn &= System.nanoTime() - startNs < PAUSE_NS;
      return isOn;
    }
  }
}

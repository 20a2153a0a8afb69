// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.spool.RunRecord;
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
 * The dispatcher's view of the optional spool. It records in the accounts the events that the spool
 * takes, returns and loses. For one second after a failed write it takes no batch, and for one
 * second after a failed read it returns none.
 *
 * <p>Used only by the dispatcher's thread, except {@link #bytes}.
 */
final class Overflow {

  private static final Logger LOGGER = Logger.getLogger(Forwarder.class.getName());
  private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

  private final @Nullable Spool spool;
  private final @Nullable RunRecord record;
  private final String place;
  private final Accounts accounts;
  private final Throttle failures = new Throttle();
  private final Throttle losses = new Throttle();

  /**
   * The batch that {@link #next} returned, and the number of its events that have left the spool
   * since.
   */
  private @Nullable SpooledBatch given;

  private int settledOfGiven;

  /** Reads and writes pause separately, because a full disk can be read. */
  private final Pause writing = new Pause();

  private final Pause reading = new Pause();
  private long expiredNs = System.nanoTime();
  private volatile long bytes;

  /**
   * Creates an overflow.
   *
   * @param place of the spool, for log lines
   */
  Overflow(@Nullable Spool spool, @Nullable RunRecord record, String place, Accounts accounts) {
    this.spool = spool;
    this.record = record;
    this.place = place;
    this.accounts = accounts;
    if (spool != null) {
      SpoolLosses found = spool.takeLosses();
      // Events that were damaged when the spool was opened are not among the recovered events.
      accounts.recovered(spool.recoveredEvents() + found.damaged().events());
      book(spool, found);
    }
  }

  /** Returns the place where batches wait while the endpoint cannot be reached, for a log line. */
  String description() {
    return spool == null ? "in memory" : "in " + place;
  }

  /** Returns whether no batch is in the spool. */
  boolean isEmpty() {
    return spool == null || spool.isEmpty();
  }

  /** Returns the size of the spool's files in bytes. Any thread may call it. */
  long bytes() {
    return bytes;
  }

  /**
   * Writes the events of a batch from a given event on.
   *
   * @return whether they were written; if not, nothing has changed
   */
  boolean take(Batch batch, int firstEvent) {
    return write(batch, firstEvent, /* isFirst= */ false);
  }

  /**
   * Writes the events of a batch from a given event on, in front of all batches of the spool.
   *
   * @return whether they were written; if not, nothing has changed
   */
  boolean takeFirst(Batch batch, int firstEvent) {
    return write(batch, firstEvent, /* isFirst= */ true);
  }

  private boolean write(Batch batch, int firstEvent, boolean isFirst) {
    Spool target = spool;
    if (target == null || writing.isOn()) {
      return false;
    }
    int start = batch.start(firstEvent);
    int events = batch.events() - firstEvent;
    boolean isTaken = false;
    try {
      int end = batch.encodeIndex(firstEvent);
      if (isFirst) {
        isTaken = target.prepend(batch.bytes(), start, end - start, events, batch.createdMs());
      } else {
        target.append(batch.bytes(), start, end - start, events, batch.createdMs());
        isTaken = true;
      }
      if (isTaken) {
        accounts.move(Outcome.IN_MEMORY, Outcome.IN_SPOOL, events);
      }
    } catch (IOException e) {
      // In front of all others, a batch needs a file for itself. Behind them there may be room.
      if (!isFirst) {
        writing.begin();
      }
      tell(SpoolOperation.WRITE, e);
    }
    book(target, target.takeLosses());
    return isTaken;
  }

  /** Returns the oldest batch of the spool, or null if there is none or it cannot be read now. */
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
        tell(SpoolOperation.READ, e);
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
        // The batch is intact, but this agent did not write it.
        LOGGER.log(
            Level.WARNING, "cannot use a batch of the spool {0}: {1}", new Object[] {place, e});
        accounts.move(Outcome.IN_SPOOL, Outcome.SPOOL_DAMAGED, batch.events());
        remove();
      }
    }
  }

  /** Records the outcome of events of the batch that {@link #next} returned. */
  void settle(Outcome outcome, int events) {
    accounts.move(Outcome.IN_SPOOL, outcome, events);
    settledOfGiven += events;
  }

  /**
   * Removes the batch that {@link #next} returned. The outcome of all its events must be recorded.
   */
  void remove() {
    Spool from = spool;
    if (from == null) {
      return;
    }
    forgetGiven();
    try {
      from.remove();
    } catch (IOException e) {
      tell(SpoolOperation.MARK, e);
    }
    book(from, from.takeLosses());
  }

  /**
   * Drops batches that are too old, once a second. Must not be called while a batch of the spool is
   * under way.
   *
   * @return whether the batch that {@link #next} returned was dropped
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

  /** Records that the agent runs. Called once it has started, so that failed starts leave none. */
  void begin() {
    if (record != null) {
      try {
        record.begin();
      } catch (IOException e) {
        tell(SpoolOperation.RECORD, e);
      }
    }
  }

  /**
   * Closes the spool.
   *
   * @param isInOrder whether the accounts are final, so that the next agent can rely on them
   */
  void close(boolean isInOrder) {
    Spool last = spool;
    if (last == null) {
      return;
    }
    if (record != null && isInOrder) {
      try {
        record.end(accounts.events(Outcome.SHUTDOWN));
      } catch (IOException e) {
        tell(SpoolOperation.RECORD, e);
      }
    }
    long settled = settledOfGiven;
    try {
      last.close();
    } catch (IOException e) {
      tell(SpoolOperation.CLOSE, e);
    }
    SpoolLosses lost = last.takeLosses();
    bytes = last.bytes();
    // The batch that was returned counts as a whole if its file was deleted in the meantime.
    long full = lost.full().events();
    lose(Outcome.SPOOL_FULL, full == 0 ? 0 : full - settled);
    lose(Outcome.SPOOL_DAMAGED, lost.damaged().events());
    accounts.damaged(lost.damaged().uncounted());
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
          "the spool {0} reports more lost events than it had: outcome={1}, missing={2}",
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

  private void tell(SpoolOperation operation, IOException e) {
    accounts.spoolFailed(operation);
    if (failures.isDue()) {
      LOGGER.log(
          Level.WARNING,
          "cannot {0} the spool {1}, will try again: {2}",
          new Object[] {operation.action(), place, e.toString()});
    }
  }

  /** A pause of one second after a failure. */
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

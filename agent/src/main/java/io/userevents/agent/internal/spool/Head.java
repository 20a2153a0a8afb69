// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The record at the head of a queue of segments, and the count of the damaged ones on the way to
 * it. A file is read from its beginning to its end, so damage is met in its place.
 */
final class Head {

  private static final Logger LOGGER = Logger.getLogger(Spool.class.getName());

  private final SegmentQueue queue;
  private final RecordReader records;

  /** The record, if {@link #find} says that there is one; its payload may be damaged. */
  final RecordHeader record = new RecordHeader();

  private boolean isKnown;
  private SpoolLoss damaged;
  private int failedReads;

  /**
   * @param damaged the losses that the recovery has found
   */
  Head(SegmentQueue queue, RecordReader records, SpoolLoss damaged) {
    this.queue = queue;
    this.records = records;
    this.damaged = damaged;
  }

  /** Finds the record; says whether there is one. */
  boolean find() throws IOException {
    while (!isKnown && !queue.isEmpty()) {
      Segment segment = queue.first();
      SegmentFile file;
      try {
        file = queue.fileOf(segment);
      } catch (NoSuchFileException e) {
        // Somebody deleted it. Its batches are lost, and those behind are not.
        skip(segment);
        continue;
      }
      if (segment.pendingBatches() > 0
          && records.find(
              file, segment.number, segment.salt, segment.position, segment.end, record)) {
        lose(segment, segment.uncounted(record.position, record.sequence, record.eventsBefore));
        isKnown = true;
      } else {
        skip(segment);
      }
    }
    return isKnown;
  }

  /**
   * Reads the payload of the first record that is intact, which is {@link #record} then; null if
   * there is none. Counts the damaged ones before it.
   *
   * @throws IOException if the disk cannot be read. After {@link Spool#READ_ATTEMPTS} in a row, the
   *     bytes that it refuses count as damaged
   */
  byte @Nullable [] read() throws IOException {
    records.skipUnreadable(failedReads >= Spool.READ_ATTEMPTS);
    try {
      byte[] intact = null;
      while (intact == null && find()) {
        Segment segment = queue.first();
        byte[] payload = new byte[record.length];
        if (records.readPayload(queue.fileOf(segment), record, payload)) {
          intact = payload;
        } else {
          lose(segment, SpoolLoss.NONE.plus(1, record.events, record.bytes()));
          segment.passed(record);
          isKnown = false;
        }
      }
      failedReads = 0;
      return intact;
    } catch (IOException e) {
      failedReads++;
      throw e;
    } finally {
      records.skipUnreadable(false);
    }
  }

  /** Notes that the record is sent, dropped, or gone with its segment. */
  void forget() {
    isKnown = false;
  }

  /** Notes that the record, of the first segment, is sent or dropped. */
  void pass(Segment segment) {
    segment.passed(record);
    isKnown = false;
  }

  /** Takes the first segment out of the queue if no record is left in it; says whether it did. */
  boolean leave(Segment segment) {
    if (segment.pendingBatches() > 0) {
      return false;
    }
    skip(segment);
    return true;
  }

  private void skip(Segment segment) {
    lose(segment, segment.uncounted(segment.end, segment.endSequence, segment.endEvents));
    queue.finishFirst();
  }

  private void lose(Segment segment, SpoolLoss loss) {
    if (loss.isNone()) {
      return;
    }
    damaged = damaged.plus(loss.batches(), loss.events(), loss.bytes());
    if (!segment.isDamageTold) {
      segment.isDamageTold = true;
      LOGGER.warning(
          () ->
              "Batches of a spool are damaged and lost: file="
                  + segment.path
                  + " batches="
                  + loss.batches()
                  + " events="
                  + loss.events()
                  + "; more in this file are counted only. Look after the disk, and after programs"
                  + " that write to this folder");
    }
  }

  /** Batches found damaged since the last call of {@link #takeDamaged}. */
  SpoolLoss damaged() {
    return damaged;
  }

  SpoolLoss takeDamaged() {
    SpoolLoss taken = damaged;
    damaged = SpoolLoss.NONE;
    return taken;
  }
}

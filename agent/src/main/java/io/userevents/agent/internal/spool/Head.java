// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The record at the head of a queue of segments, and the count of damaged records before it. A file
 * is read from its beginning to its end, so damage is found in order.
 */
final class Head {

  private static final Logger LOGGER = Logger.getLogger(Spool.class.getName());

  private final SegmentQueue queue;
  private final RecordReader records;

  /** The record, if {@link #find} has found one. Its payload may be damaged. */
  final RecordHeader record = new RecordHeader();

  private boolean isKnown;
  private SpoolLoss damaged;
  private int failedReads;

  /**
   * @param damaged the losses that the recovery found
   */
  Head(SegmentQueue queue, RecordReader records, SpoolLoss damaged) {
    this.queue = queue;
    this.records = records;
    this.damaged = damaged;
  }

  /** Finds the record. Returns whether there is one. */
  boolean find() throws IOException {
    while (!isKnown && !queue.isEmpty()) {
      Segment segment = queue.first();
      SegmentFile file;
      try {
        file = queue.fileOf(segment);
      } catch (NoSuchFileException e) {
        // The file was deleted. Its batches are lost, the later ones are not.
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
   * Reads the payload of the first intact record, which is then {@link #record}. Returns null if
   * there is none. Counts the damaged records before it.
   *
   * @throws IOException if the disk cannot be read. After {@link Spool#READ_ATTEMPTS} consecutive
   *     failures, the unreadable bytes count as damaged.
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

  /** Marks the record as sent, dropped, or deleted with its segment. */
  void forget() {
    isKnown = false;
  }

  /** Marks the record, which is in the first segment, as sent or dropped. */
  void pass(Segment segment) {
    segment.passed(record);
    isKnown = false;
  }

  /** Removes the first segment from the queue if it has no records left. Returns whether it did. */
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
                  + "; further damage in this file is counted without a message. Check the disk,"
                  + " and programs that write to this folder");
    }
  }

  /** Returns the batches that were found damaged since the last call of {@link #takeDamaged}. */
  SpoolLoss damaged() {
    return damaged;
  }

  SpoolLoss takeDamaged() {
    SpoolLoss taken = damaged;
    damaged = SpoolLoss.NONE;
    return taken;
  }
}

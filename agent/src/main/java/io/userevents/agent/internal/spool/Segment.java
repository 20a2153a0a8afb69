// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The state of one segment file: the end of its records, and the position up to which it has been
 * sent. No record is kept in memory.
 *
 * <p>The sequences of records give the number of batches and events between two positions, also if
 * the bytes between them are damaged. The recovery counts the damage that it sees. The damage is
 * found once more when the segment is sent, and {@link #uncounted} is the part that is new.
 */
final class Segment implements Closeable {

  final long number;
  final Path path;
  final long salt;

  /** The size of the file in bytes. */
  long size;

  /** The position after the last record, where the next record is appended. */
  long end;

  /** The sequence of the record that follows the last one. */
  long endSequence;

  /** Events of all records of the spool up to the last one of this segment. */
  long endEvents;

  /** Whether no record may be appended. */
  boolean isSealed;

  /** Whether a log line has reported damage in this file. */
  boolean isDamageTold;

  /** The position from which the next record to send is searched. */
  long position;

  /** Sequence of the next record to send. */
  long sequence;

  /** Events of all records before the next one to send. */
  long events;

  /** Batches after the position that are damaged and already counted. */
  private long damagedBatches;

  private long damagedEvents;
  private @Nullable SegmentFile file;

  Segment(long number, Path path, long salt, long firstSequence, long firstEvents) {
    this.number = number;
    this.path = path;
    this.salt = salt;
    end = SegmentLayout.FIRST_RECORD;
    endSequence = firstSequence;
    endEvents = firstEvents;
    position = SegmentLayout.FIRST_RECORD;
    sequence = firstSequence;
    events = firstEvents;
  }

  /** Returns the number of batches that are neither sent nor lost. */
  long pendingBatches() {
    return endSequence - sequence - damagedBatches;
  }

  /** Returns the number of events that are neither sent nor lost. */
  long pendingEvents() {
    return endEvents - events - damagedEvents;
  }

  /** Records damage after the position that is already counted. */
  void damaged(long batches, long eventsLost) {
    damagedBatches += batches;
    damagedEvents += eventsLost;
  }

  /** Records that all records up to this one are sent or lost. */
  void passed(RecordHeader record) {
    position = record.next();
    sequence = record.sequence + 1;
    events = record.eventsAfter();
  }

  /**
   * Records that all records before this one are sent or lost, and that all damage there is
   * counted.
   */
  void restartAt(RecordHeader done) {
    passed(done);
    damagedBatches = 0;
    damagedEvents = 0;
  }

  /**
   * Advances to a record, or to the end, and returns the damage before it that is not counted yet.
   */
  SpoolLoss uncounted(long toPosition, long toSequence, long toEvents) {
    long batches = toSequence - sequence;
    long eventsLost = toEvents - events;
    long knownBatches = Math.min(batches, damagedBatches);
    long knownEvents = Math.min(eventsLost, damagedEvents);
    damagedBatches -= knownBatches;
    damagedEvents -= knownEvents;
    SpoolLoss loss =
        SpoolLoss.NONE.plus(
            batches - knownBatches, eventsLost - knownEvents, toPosition - position);
    position = toPosition;
    sequence = toSequence;
    events = toEvents;
    return loss;
  }

  /** Returns the open file. It stays open until {@link #close}. */
  SegmentFile file(Storage storage) throws IOException {
    SegmentFile open = file;
    if (open == null) {
      open = storage.open(path);
      file = open;
    }
    return open;
  }

  /** Takes over a file that is already open. */
  void adopt(SegmentFile open) {
    file = open;
  }

  /** Closes the file. It is opened again on its next use. */
  @Override
  public void close() throws IOException {
    SegmentFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One segment file as a spool knows it: where its records end, and how far it has been sent. No
 * record is kept in memory.
 *
 * <p>Sequences tell how many batches and events there are between two positions, also where the
 * bytes are damaged. Damage that the recovery saw is counted there, and is met once more when the
 * segment is sent; {@link #uncounted} says how much of it is new.
 */
final class Segment implements Closeable {

  final long number;
  final Path path;
  final long salt;

  /** Bytes of the file, as its size tells. */
  long size;

  /** Position behind the last record, where the next one is appended. */
  long end;

  /** Sequence of the record behind the last one. */
  long endSequence;

  /** Events of all records of the spool up to the last one of this segment. */
  long endEvents;

  /** Whether no record may be appended. */
  boolean isSealed;

  /** Whether a log line has told of damage in this file. */
  boolean isDamageTold;

  /** Where the next record to send is sought. */
  long position;

  /** Sequence of the next record to send. */
  long sequence;

  /** Events of all records before the next one to send. */
  long events;

  /** Batches behind the position that are damaged and counted. */
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

  /** Batches that are neither sent nor lost. */
  long pendingBatches() {
    return endSequence - sequence - damagedBatches;
  }

  /** Events that are neither sent nor lost. */
  long pendingEvents() {
    return endEvents - events - damagedEvents;
  }

  /** Notes damage behind the position that is counted already. */
  void damaged(long batches, long eventsLost) {
    damagedBatches += batches;
    damagedEvents += eventsLost;
  }

  /** Notes that all records up to this one are sent or lost. */
  void passed(RecordHeader record) {
    position = record.next();
    sequence = record.sequence + 1;
    events = record.eventsAfter();
  }

  /** Notes that all before this one is sent or lost, and all damage there counted. */
  void restartAt(RecordHeader done) {
    passed(done);
    damagedBatches = 0;
    damagedEvents = 0;
  }

  /**
   * Goes on to a record, or to the end, and returns the damage before it that nobody has counted.
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

  /** The open file; it stays open until {@link #close}. */
  SegmentFile file(Storage storage) throws IOException {
    SegmentFile open = file;
    if (open == null) {
      open = storage.open(path);
      file = open;
    }
    return open;
  }

  /** Takes over a file that is open already. */
  void adopt(SegmentFile open) {
    file = open;
  }

  /** Closes the file. It is opened again when it is used. */
  @Override
  public void close() throws IOException {
    SegmentFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }
}

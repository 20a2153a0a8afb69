// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The segment files of a spool, oldest first. Records are appended to the last file and sent from
 * the first file. Only these two are open. A record that goes in front of all others gets a file
 * for itself.
 */
final class SegmentQueue implements Closeable {

  private static final Logger LOGGER = Logger.getLogger(Spool.class.getName());
  private static final int MIN_SALT_BITS = 8;

  private final Path folder;
  private final SpoolSettings settings;
  private final Storage storage;
  private final RecordReader records;
  private final Clocks clocks;
  private final SecureRandom random = new SecureRandom();
  private final RecordHeader record = new RecordHeader();
  private final byte[] state = new byte[Long.BYTES];
  private final Deque<Segment> segments;

  /** Segments without waiting batches that could not be deleted yet. */
  private final Deque<Segment> finished = new ArrayDeque<>();

  private long nextNumber;
  private long nextSequence;
  private long nextEvents;

  SegmentQueue(
      Path folder,
      SpoolSettings settings,
      Storage storage,
      RecordReader records,
      Clocks clocks,
      Recovery recovery) {
    this.folder = folder;
    this.settings = settings;
    this.storage = storage;
    this.records = records;
    this.clocks = clocks;
    segments = recovery.segments;
    finished.addAll(recovery.undeleted);
    nextNumber = recovery.nextNumber;
    nextSequence = recovery.nextSequence;
    nextEvents = recovery.nextEvents;
    ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN).putLong(0, SegmentLayout.DONE);
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  /** Returns the segment of the oldest waiting batch. */
  Segment first() {
    return segments.getFirst();
  }

  long nextSequence() {
    return nextSequence;
  }

  long oldestSequence() {
    Segment first = segments.peekFirst();
    return first == null ? nextSequence : first.sequence;
  }

  long batches() {
    long batches = 0;
    for (Segment segment : segments) {
      batches += segment.pendingBatches();
    }
    return batches;
  }

  long events() {
    long events = 0;
    for (Segment segment : segments) {
      events += segment.pendingEvents();
    }
    return events;
  }

  long bytes() {
    long bytes = 0;
    for (Segment segment : segments) {
      bytes += segment.size;
    }
    for (Segment segment : finished) {
      bytes += segment.size;
    }
    return bytes;
  }

  /**
   * Returns the open file of a segment.
   *
   * @throws java.nio.file.NoSuchFileException if the file was deleted
   */
  SegmentFile fileOf(Segment segment) throws IOException {
    return segment.file(storage);
  }

  /** Returns whether a batch of this length would make the files larger than the limit. */
  boolean needsRoom(int length) {
    long more = SegmentLayout.recordBytes(length);
    if (appendable(more) == null) {
      more += SegmentLayout.FIRST_RECORD;
    }
    return !segments.isEmpty() && bytes() + more > settings.maxBytes();
  }

  private @Nullable Segment appendable(long recordBytes) {
    Segment last = segments.peekLast();
    return last == null || last.isSealed || last.end + recordBytes > settings.segmentBytes()
        ? null
        : last;
  }

  /** Deletes the oldest segment with all its batches. After an exception, it still exists. */
  void dropFirst() throws IOException {
    storage.delete(first().path);
    closeQuietly(segments.removeFirst());
  }

  /** Removes the first segment, whose batches are all done, from the queue. */
  void finishFirst() {
    Segment segment = segments.removeFirst();
    closeQuietly(segment);
    finished.add(segment);
  }

  /** Deletes segments whose batches are all done. A failed deletion is tried again later. */
  void deleteFinished() throws IOException {
    for (Iterator<Segment> i = finished.iterator(); i.hasNext(); ) {
      storage.delete(i.next().path);
      i.remove();
    }
  }

  /** Marks all records up to this one as done in the file. */
  void markDone(Segment segment, RecordHeader done) throws IOException {
    fileOf(segment).write(done.position + SegmentLayout.STATE_OFFSET, state, 0, state.length);
  }

  void append(byte[] bytes, int offset, int length, int events, long createdMs) throws IOException {
    Segment segment = appendable(SegmentLayout.recordBytes(length));
    if (segment == null) {
      segment = createLast();
    }
    boolean isWritten = false;
    try {
      write(segment, bytes, offset, length, events, createdMs);
      isWritten = true;
    } finally {
      if (!isWritten) {
        cutBack(segment);
      }
    }
    nextSequence = segment.endSequence;
    nextEvents = segment.endEvents;
  }

  /**
   * Returns whether a record of this length can be written in front of all others. There must be
   * one.
   */
  boolean mayPrepend(int length) {
    Segment first = segments.getFirst();
    // A later process takes all records before a done one as done.
    return first.position == SegmentLayout.FIRST_RECORD
        && first.number > 0
        && bytes() + SegmentLayout.FIRST_RECORD + SegmentLayout.recordBytes(length)
            <= settings.maxBytes();
  }

  /**
   * Writes a record in front of all others, to a file for itself. Its number, its sequence and its
   * events end where those of the first file begin.
   *
   * @throws java.nio.file.FileAlreadyExistsException if a file has that number
   */
  void prepend(byte[] bytes, int offset, int length, int events, long createdMs)
      throws IOException {
    Segment first = segments.getFirst();
    Segment segment = create(first.number - 1, first.sequence - 1, first.events - events);
    // The next sequence is that of the file after it.
    segment.isSealed = true;
    boolean isWritten = false;
    try {
      write(segment, bytes, offset, length, events, createdMs);
      isWritten = true;
    } finally {
      if (!isWritten) {
        discard(segment);
      }
    }
    if (first != segments.getLast()) {
      closeQuietly(first);
    }
    segments.addFirst(segment);
  }

  private void write(
      Segment segment, byte[] bytes, int offset, int length, int events, long createdMs)
      throws IOException {
    record.number = segment.number;
    record.position = segment.end;
    record.salt = segment.salt;
    record.sequence = segment.endSequence;
    record.eventsBefore = segment.endEvents;
    record.createdMs = createdMs;
    record.length = length;
    record.events = events;
    SegmentFile file = fileOf(segment);
    byte[] header = records.encode(record, bytes, offset);
    file.write(record.position, header, 0, header.length);
    file.write(record.position + SegmentLayout.PAYLOAD_OFFSET, bytes, offset, length);
    if (settings.sync() == SpoolSettings.Sync.BATCH) {
      file.sync();
    }
    segment.size = record.payloadEnd();
    segment.end = record.next();
    segment.endSequence = record.sequence + 1;
    segment.endEvents = record.eventsAfter();
  }

  private Segment createLast() throws IOException {
    Segment before = segments.peekLast();
    if (before != null && before != segments.peekFirst()) {
      closeQuietly(before);
    }
    // Advances also if the name is in use, so that the next attempt takes another name.
    Segment segment = create(nextNumber++, nextSequence, nextEvents);
    segments.addLast(segment);
    return segment;
  }

  private Segment create(long number, long firstSequence, long firstEvents) throws IOException {
    long salt = newSalt();
    Path path = folder.resolve(SegmentLayout.fileName(number));
    Segment segment = new Segment(number, path, salt, firstSequence, firstEvents);
    SegmentFile file = storage.create(path);
    segment.adopt(file);
    boolean isWritten = false;
    try {
      byte[] header =
          new SegmentHeader(number, salt, firstSequence, firstEvents, true).encode(clocks.wallMs());
      file.write(0, header, 0, header.length);
      if (settings.sync() == SpoolSettings.Sync.BATCH) {
        storage.sync();
      }
      segment.size = header.length;
      isWritten = true;
      return segment;
    } finally {
      if (!isWritten) {
        discard(segment);
      }
    }
  }

  /**
   * Returns random bits that do not occur by chance, and in particular not in blocks that the disk
   * has cleared.
   */
  private long newSalt() {
    long salt;
    do {
      salt = random.nextLong();
    } while (Long.bitCount(salt) < MIN_SALT_BITS || Long.bitCount(~salt) < MIN_SALT_BITS);
    return salt;
  }

  /** Removes the bytes of an incompletely written record. The caller throws. */
  private void cutBack(Segment segment) {
    if (segment.end == SegmentLayout.FIRST_RECORD) {
      segments.remove(segment);
      discard(segment);
      return;
    }
    // After a failed fsync, the kernel marks the pages as clean, and there is no way to know which
    // are.
    segment.isSealed = settings.sync() == SpoolSettings.Sync.BATCH;
    try {
      fileOf(segment).truncate(segment.size);
    } catch (IOException e) {
      segment.isSealed = true;
      LOGGER.log(Level.FINE, "Cutting back a file of a spool failed: file=" + segment.path, e);
    }
  }

  /** Deletes a segment without batches, now or later. */
  private void discard(Segment segment) {
    closeQuietly(segment);
    try {
      storage.delete(segment.path);
    } catch (IOException e) {
      finished.add(segment);
      LOGGER.log(Level.FINE, "Deleting a file of a spool failed: file=" + segment.path, e);
    }
  }

  private static void closeQuietly(Segment segment) {
    try {
      segment.close();
    } catch (IOException e) {
      // The written bytes are in the kernel by then, and the descriptor is released in any case.
      LOGGER.log(Level.FINE, "Closing a file of a spool failed: file=" + segment.path, e);
    }
  }

  @Override
  public void close() {
    List<Segment> left = List.copyOf(finished);
    finished.clear();
    // Their records are marked as done, so the next spool deletes these files.
    left.forEach(this::discard);
    segments.forEach(SegmentQueue::closeQuietly);
  }
}

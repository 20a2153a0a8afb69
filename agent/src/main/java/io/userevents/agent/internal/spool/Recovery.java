// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records that a spool of an earlier process left. It runs once, when a spool is opened.
 * It reads the header of each record and the payload of the last one only. The other payloads are
 * checked when they are sent.
 *
 * <p>A disk that cannot read everything does not keep a spool from opening. Pages that it cannot
 * read count as damaged. A file that it cannot open, or whose header it cannot read, is set aside
 * under another name for a human, and counts as damaged.
 *
 * <p>Batches are sent in order. All records before the last done record are therefore done, even if
 * their own state is damaged or has not reached the disk.
 */
final class Recovery {

  private static final Logger LOGGER = Logger.getLogger(Spool.class.getName());
  private static final int MAX_IGNORED_NAMES = 5;

  private final Storage storage;
  private final RecordReader records;
  private final RecordHeader record = new RecordHeader();
  private final List<Segment> finished = new ArrayList<>();
  private boolean isAnySegmentFound;
  private long unreadableBytes;

  /** The size of the file that was opened last. */
  private long size;

  /** The last record of the last segment. Its length is -1 if the segment has no pending record. */
  private final RecordHeader last = new RecordHeader();

  /** The segments with pending records, in order. */
  final Deque<Segment> segments = new ArrayDeque<>();

  /** Damaged records that were pending as far as is known. */
  SpoolLoss damaged = SpoolLoss.NONE;

  /**
   * The number of the next segment. The number before the first one is left for a prepended one.
   */
  long nextNumber = 1;

  /** The sequence of the next record. */
  long nextSequence;

  /** Events of all records so far. */
  long nextEvents;

  /** The number of bytes of an incompletely written record that were cut off the last file. */
  long cutBytes;

  /** Names in the folder that do not belong to a spool. */
  final List<String> ignored = new ArrayList<>();

  /** New names of the files that were set aside. */
  final List<String> setAside = new ArrayList<>();

  /** Segments without pending records that could not be deleted yet. */
  final List<Segment> undeleted = new ArrayList<>();

  Recovery(Storage storage, RecordReader records) {
    this.storage = storage;
    this.records = records;
  }

  void run() throws IOException {
    records.skipUnreadable(true);
    try {
      recoverAll();
    } finally {
      records.skipUnreadable(false);
    }
  }

  private void recoverAll() throws IOException {
    for (Path path : findFiles()) {
      SegmentFile file = open(path);
      if (file != null) {
        try (file) {
          recover(path, file);
        }
      }
    }
    if (unreadableBytes > 0) {
      damaged = damaged.plusUncounted(unreadableBytes);
    }
    Segment tail = segments.peekLast();
    if (tail != null) {
      try (SegmentFile file = openOften(tail.path)) {
        cutTail(tail, file);
      } catch (IOException e) {
        tail.isSealed = true;
        LOGGER.log(Level.FINE, "Opening a file of a spool again failed: file=" + tail.path, e);
      }
    }
    deleteFinished();
  }

  /** Opens a file, or sets it aside if the disk refuses. */
  private @Nullable SegmentFile open(Path path) throws IOException {
    try {
      return openOften(path);
    } catch (NoSuchFileException e) {
      LOGGER.log(Level.FINE, "A file of a spool has gone: file=" + path, e);
      return null;
    } catch (IOException e) {
      // A lack of rights is for a human to repair, and then nothing is lost.
      if (!storage.isAccessible(path)) {
        throw e;
      }
    }
    setAside(path, 0);
    return null;
  }

  private SegmentFile openOften(Path path) throws IOException {
    for (int attempt = 1; true; attempt++) {
      SegmentFile file = null;
      try {
        file = storage.open(path);
        size = file.size();
        return file;
      } catch (IOException e) {
        if (file != null) {
          file.close();
        }
        if (attempt == Spool.READ_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void setAside(Path path, long fileBytes) throws IOException {
    setAside.add(String.valueOf(storage.setAside(path).getFileName()));
    unreadableBytes += Math.max(1, fileBytes - SegmentLayout.FIRST_RECORD);
  }

  /** Returns the ignored names in readable form. */
  String ignoredNames() {
    return ignored.size() <= MAX_IGNORED_NAMES
        ? ignored.toString()
        : ignored.subList(0, MAX_IGNORED_NAMES)
            + " and "
            + (ignored.size() - MAX_IGNORED_NAMES)
            + " more";
  }

  private List<Path> findFiles() throws IOException {
    List<Path> paths = new ArrayList<>();
    for (Path path : storage.list()) {
      String name = String.valueOf(path.getFileName());
      long number = SegmentLayout.number(name);
      nextNumber = Math.max(nextNumber, number + 1);
      if (number >= 0 && storage.isFile(path)) {
        paths.add(path);
      } else if (!name.equals(FolderLock.FILE_NAME) && !name.equals(RunRecord.FILE_NAME)) {
        ignored.add(name);
      }
    }
    if (nextNumber > SegmentLayout.MAX_NUMBER) {
      throw new SpoolException(
          "no number is left for another file of the spool: largest="
              + SegmentLayout.fileName(SegmentLayout.MAX_NUMBER)
              + "; move that file to another folder",
          null);
    }
    return paths;
  }

  private void recover(Path path, SegmentFile file) throws IOException {
    String name = String.valueOf(path.getFileName());
    long number = SegmentLayout.number(name);
    long unreadablePages = records.unreadablePages();
    SegmentHeader header = SegmentHeader.read(file, path, number, records);
    if (header == null && records.unreadablePages() > unreadablePages) {
      setAside(path, size);
      return;
    }
    if (header == null) {
      unreadableBytes += Math.max(0, size - SegmentLayout.FIRST_RECORD);
      storage.delete(path);
      return;
    }
    if (header.number() != number) {
      ignored.add(name);
      return;
    }
    countBetween(header);
    Segment segment =
        new Segment(number, path, header.salt(), header.firstSequence(), header.firstEvents());
    segment.size = size;
    segment.isSealed = !header.isWhole();
    if (!segments.isEmpty()) {
      // The sequences of that file end before those of this file, also if this file is deleted.
      segments.getLast().isSealed = true;
    }
    segments.addLast(segment);
    walk(segment, file);
    nextSequence = segment.endSequence;
    nextEvents = segment.endEvents;
  }

  /** Counts the missing records between the previous segment and this one. */
  private void countBetween(SegmentHeader header) {
    if (isAnySegmentFound) {
      damaged =
          damaged.plus(
              Math.max(0, header.firstSequence() - nextSequence),
              Math.max(0, header.firstEvents() - nextEvents),
              unreadableBytes);
    } else if (unreadableBytes > 0) {
      damaged = damaged.plusUncounted(unreadableBytes);
    }
    isAnySegmentFound = true;
    unreadableBytes = 0;
  }

  private void walk(Segment segment, SegmentFile file) throws IOException {
    last.length = -1;
    while (records.find(file, segment.number, segment.salt, segment.end, segment.size, record)
        && record.payloadEnd() <= segment.size) {
      if (record.isDone()) {
        segment.restartAt(record);
        forgetBefore(segment);
        last.length = -1;
      } else {
        count(segment);
        last.copy(record);
      }
      segment.end = record.next();
      segment.endSequence = record.sequence + 1;
      segment.endEvents = record.eventsAfter();
    }
  }

  /** Counts the damage between the last record and the record found now. */
  private void count(Segment segment) {
    long batches = record.sequence - segment.endSequence;
    if (batches > 0) {
      long events = record.eventsBefore - segment.endEvents;
      segment.damaged(batches, events);
      damaged = damaged.plus(batches, events, record.position - segment.end);
    }
  }

  /**
   * Marks everything before a done record as done. It was sent, dropped or counted as lost by then.
   */
  private void forgetBefore(Segment segment) {
    damaged = SpoolLoss.NONE;
    while (segments.getFirst() != segment) {
      finished.add(segments.removeFirst());
    }
  }

  /** Cuts off the bytes of an incompletely written record, so that the next record can follow. */
  private void cutTail(Segment segment, SegmentFile file) throws IOException {
    long unreadablePages = records.unreadablePages();
    if (segment.size > segment.end) {
      if (records.find(file, segment.number, segment.salt, segment.end, segment.size, record)) {
        damaged =
            damaged.plus(
                record.sequence + 1 - segment.endSequence,
                record.eventsAfter() - segment.endEvents,
                segment.size - segment.end);
      } else {
        damaged = damaged.plusUncounted(segment.size - segment.end);
      }
    }
    if (last.length >= 0 && !records.isPayloadIntact(file, last)) {
      damaged = damaged.plus(1, last.events, segment.end - last.position);
      segment.end = last.position;
      segment.endSequence = last.sequence;
      segment.endEvents = last.eventsBefore;
    }
    if (segment.size > segment.end) {
      cut(segment, file, records.unreadablePages() > unreadablePages);
    }
    nextSequence = segment.endSequence;
    nextEvents = segment.endEvents;
  }

  /** Bytes that cannot be read or cut off stay, and the next record goes to another file. */
  private void cut(Segment segment, SegmentFile file, boolean isUnreadable) {
    segment.isSealed |= isUnreadable;
    if (isUnreadable) {
      return;
    }
    try {
      long bytes = segment.size - segment.end;
      file.truncate(segment.end);
      cutBytes = bytes;
      segment.size = segment.end;
    } catch (IOException e) {
      segment.isSealed = true;
      LOGGER.log(Level.FINE, "Cutting back a file of a spool failed: file=" + segment.path, e);
    }
  }

  private void deleteFinished() {
    segments.removeIf(segment -> segment.pendingBatches() == 0 && finished.add(segment));
    for (Segment segment : finished) {
      try {
        storage.delete(segment.path);
      } catch (IOException e) {
        undeleted.add(segment);
        LOGGER.log(Level.FINE, "Deleting a file of a spool failed: file=" + segment.path, e);
      }
    }
  }
}

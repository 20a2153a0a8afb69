// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.log;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of log lines, which any thread adds to and one thread, the writer, takes from.
 *
 * <p>It is a list from the newest line to the oldest. A thread adds a line by one compare-and-set,
 * so an {@link Error} at any point leaves the line out or in, and nothing in between. The lines are
 * numbered: the difference to the number of the last one that was written bounds the queue.
 */
final class LineQueue {

  private static final AtomicReferenceFieldUpdater<LineQueue, Line> NEWEST =
      AtomicReferenceFieldUpdater.newUpdater(LineQueue.class, Line.class, "newest");

  /** A line of the queue. The newest one stays reachable, so its content is cleared. */
  static final class Line {
    private @Nullable Logger logger;
    private @Nullable LogRecord record;
    private long number;

    /** The line before; the line after, once the line is taken from the queue. */
    private @Nullable Line neighbour;

    Line(@Nullable Logger logger, @Nullable LogRecord record) {
      this.logger = logger;
      this.record = record;
    }

    @Nullable Logger logger() {
      return logger;
    }

    @Nullable LogRecord record() {
      return record;
    }

    /** The line after this one, of those that were taken together. */
    @Nullable Line next() {
      return neighbour;
    }

    void clear() {
      logger = null;
      record = null;
      neighbour = null;
    }
  }

  private final int capacity;
  private volatile Line newest = new Line(null, null);

  /** The number of the last line that the handlers have got. Written by the writer. */
  private volatile long written;

  /** The number of the last line that was taken. Of the writer. */
  private long taken;

  LineQueue(int capacity) {
    this.capacity = capacity;
  }

  /** Any thread: adds a line, unless there is no room. Returns whether it was added. */
  boolean add(Line line) {
    Line seen;
    do {
      seen = newest;
      if (seen.number - written >= capacity) {
        return false;
      }
      line.number = seen.number + 1;
      line.neighbour = seen;
    } while (!NEWEST.compareAndSet(this, seen, line));
    return true;
  }

  /** Any thread: how many lines have been added so far. */
  long added() {
    return newest.number;
  }

  /** Any thread: whether so many lines, the oldest ones, have been written. */
  boolean hasWritten(long count) {
    return written - count >= 0;
  }

  /** Any thread: whether all lines that were added have been written. */
  boolean isEmpty() {
    return newest.number == written;
  }

  /** Writer: takes all lines and returns the oldest, or null if there are none. */
  @Nullable Line takeAll() {
    Line line = newest;
    Line oldest = null;
    long last = line.number;
    while (line != null && line.number - taken > 0) {
      Line before = line.neighbour;
      line.neighbour = oldest;
      oldest = line;
      line = before;
    }
    taken = last;
    return oldest;
  }

  /** Writer: the handlers have got this line, which makes room for another. */
  void written(Line line) {
    written = line.number;
  }
}

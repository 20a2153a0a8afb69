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
 * numbered; the difference to the number of the last line that was written bounds the queue.
 */
final class LineQueue {

  private static final AtomicReferenceFieldUpdater<LineQueue, Line> NEWEST =
      AtomicReferenceFieldUpdater.newUpdater(LineQueue.class, Line.class, "newest");

  /** A line of the queue. The newest one stays reachable, so its content is cleared. */
  static final class Line {
    private @Nullable Logger logger;
    private @Nullable LogRecord record;
    private long number;

    /** The line before this one; once this line is taken from the queue, the line after it. */
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

    /** Returns the line after this one, among those that were taken together. */
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

  /** The number of the last line that the handlers have received. Only the writer writes it. */
  private volatile long written;

  /** The number of the last line that was taken. Only the writer uses it. */
  private long taken;

  LineQueue(int capacity) {
    this.capacity = capacity;
  }

  /** Adds a line if there is room, and returns whether it did. Any thread may call this. */
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

  /** Returns how many lines have been added so far. Any thread may call this. */
  long added() {
    return newest.number;
  }

  /**
   * Returns whether this many lines, the oldest ones, have been written. Any thread may call this.
   */
  boolean hasWritten(long count) {
    return written - count >= 0;
  }

  /** Returns whether all lines that were added have been written. Any thread may call this. */
  boolean isEmpty() {
    return newest.number == written;
  }

  /**
   * Takes all lines and returns the oldest, or null if there are none. Only the writer calls this.
   */
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

  /**
   * Notes that the handlers have received this line, which makes room for another. Only the writer
   * calls this.
   */
  void written(Line line) {
    written = line.number;
  }
}

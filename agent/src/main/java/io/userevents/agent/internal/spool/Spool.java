// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A first-in-first-out queue of batches on disk that outlives its process.
 *
 * <p>Batches are appended to segment files, which {@link SegmentLayout} describes. {@link #peek}
 * reads the oldest batch, and {@link #remove} marks it as done in its file. A file whose batches
 * are all done is deleted. A later process continues after the last done batch. A batch is returned
 * again only if the process ends between the answer of the endpoint and the mark, or if the machine
 * crashes before the mark is on the disk. Delivery is at least once.
 *
 * <p>{@link SpoolSettings.Sync} controls when appending waits for the disk. With {@code BATCH},
 * {@link #append} returns once the batch is on the disk, and so is the folder's entry of a new
 * file. Marks and deletions never wait: a crash of the machine may bring back batches that were
 * sent within about 30 s before it.
 *
 * <p>Damage on disk causes no exception. Intact batches are returned and the others are counted
 * ({@link #takeLosses}). A batch that was never appended is never returned. A file with the name of
 * a segment but with damaged headers is deleted. A file that the disk cannot read is set aside
 * under another name. Other files stay.
 *
 * <p>At most one batch is in memory, the one that {@link #peek} returned. Used by one thread. An
 * interrupt has no effect.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class Spool implements AutoCloseable {

  /** The number of attempts to read a batch before unreadable bytes count as damaged. */
  static final int READ_ATTEMPTS = 5;

  private static final Logger LOGGER = Logger.getLogger(Spool.class.getName());

  private final Path folder;
  private final SpoolSettings settings;
  private final FolderLock lock;
  private final SegmentQueue queue;
  private final Head head;
  private final Ages ages;
  private final long recoveredBatches;
  private final long recoveredEvents;

  /** The batch that was returned. Its record is that of {@link #head}. */
  private @Nullable SpooledBatch peeked;

  /** The segment of {@link #peeked}, or null once the segment was dropped. */
  private @Nullable Segment peekedSegment;

  private SpoolLoss full = SpoolLoss.NONE;
  private boolean isClosed;

  private Spool(
      Path folder, SpoolSettings settings, FolderLock lock, Storage storage, Clocks clocks)
      throws IOException {
    this.folder = folder;
    this.settings = settings;
    this.lock = lock;
    RecordReader records = new RecordReader();
    Recovery recovery = new Recovery(storage, records);
    recovery.run();
    queue = new SegmentQueue(folder, settings, storage, records, clocks, recovery);
    head = new Head(queue, records, recovery.damaged);
    ages = new Ages(clocks, recovery.nextSequence);
    recoveredBatches = queue.batches();
    recoveredEvents = queue.events();
    makeRoom(0);
    SpoolFolder.report(this, folder, settings, recovery, full);
  }

  /**
   * Opens the spool in a folder. Creates the folder, for its owner only, if it does not exist.
   * Takes over the batches that an earlier process left there.
   *
   * @throws SpoolException if another spool uses the folder, if another version wrote it, or if it
   *     cannot be read and written; the message has the remedy
   */
  public static Spool open(Path folder, SpoolSettings settings) throws SpoolException {
    return open(folder, settings, new FolderStorage(folder), Clocks.SYSTEM);
  }

  static Spool open(Path folder, SpoolSettings settings, Storage storage, Clocks clocks)
      throws SpoolException {
    requireNonNull(folder, "folder");
    requireNonNull(settings, "settings");
    FolderLock lock = null;
    boolean isOpen = false;
    try {
      SpoolFolder.create(folder, settings);
      lock = FolderLock.acquire(folder);
      Spool spool = new Spool(folder, settings, lock, storage, clocks);
      isOpen = true;
      return spool;
    } catch (SpoolException e) {
      throw e;
    } catch (IOException e) {
      throw new SpoolException(
          "cannot open the spool: folder="
              + folder
              + " cause="
              + e
              + "; the folder and its files must be readable and writable for the user of this"
              + " process. If a file cannot be read, move it to another folder",
          e);
    } finally {
      if (!isOpen && lock != null) {
        try {
          lock.close();
        } catch (IOException e) {
          LOGGER.log(Level.WARNING, "Closing the lock of a spool failed: folder=" + folder, e);
        }
      }
    }
  }

  /**
   * Appends a batch after all others. Drops the oldest segment while the spool would become larger
   * than its limit. The batch that {@link #peek} returned is not dropped.
   *
   * <p>After an exception, the batch is not in the spool, and the spool can be used as before: the
   * next call tries again. Only if bytes can neither be written completely nor cut off, a later
   * process may find a batch for which this method has thrown.
   *
   * @param events events in the batch, 0 or more
   * @param createdMs time of its creation, in milliseconds since 1970
   * @throws SpoolException if the batch alone is larger than the limit of the spool: see {@link
   *     #maxBatchBytes}
   * @throws IOException if the disk is full or fails
   */
  public void append(byte[] bytes, int offset, int length, int events, long createdMs)
      throws IOException {
    requireOpen();
    checkFromIndexSize(offset, length, bytes.length);
    if (events < 0) {
      throw new IllegalArgumentException("events must be 0 or more: events=" + events);
    }
    if (length > maxBatchBytes()) {
      throw new SpoolException(
          "the batch is larger than the limit of the spool: bytes="
              + length
              + " maxBatchBytes="
              + maxBatchBytes()
              + " maxBytes="
              + settings.maxBytes()
              + "; make the spool larger or batches smaller",
          null);
    }
    ages.observe(queue.oldestSequence(), queue.nextSequence());
    queue.deleteFinished();
    makeRoom(length);
    queue.append(bytes, offset, length, events, createdMs);
  }

  /**
   * Puts a batch in front of all others. It is for a batch whose sending began before the others
   * were appended. After an exception, the batch is not in the spool.
   *
   * <p>A kill within this call may leave an incomplete record. A later process then counts the
   * batch as damaged.
   *
   * @return whether the batch is in the spool; false if the spool is full, if {@link #peek}
   *     returned a batch that is not removed, or if batches of an earlier process or of a segment
   *     that was sent in part wait
   * @throws IOException if the disk is full or fails
   */
  public boolean prepend(byte[] bytes, int offset, int length, int events, long createdMs)
      throws IOException {
    if (queue.isEmpty()) {
      append(bytes, offset, length, events, createdMs);
      return true;
    }
    requireOpen();
    checkFromIndexSize(offset, length, bytes.length);
    ages.observe(queue.oldestSequence(), queue.nextSequence());
    queue.deleteFinished();
    if (peeked != null || !ages.isOwn(queue.oldestSequence()) || !queue.mayPrepend(length)) {
      return false;
    }
    try {
      queue.prepend(bytes, offset, length, events, createdMs);
    } catch (FileAlreadyExistsException e) {
      LOGGER.log(Level.FINE, "No number is free in front of a spool: folder=" + folder, e);
      return false;
    }
    ages.prepended(queue.oldestSequence());
    head.forget();
    return true;
  }

  /** Returns the length in bytes of the largest batch that fits. */
  public long maxBatchBytes() {
    return Math.min(
        Integer.MAX_VALUE - 64,
        settings.maxBytes() - SegmentLayout.FIRST_RECORD - SegmentLayout.recordBytes(0));
  }

  private void makeRoom(int length) throws IOException {
    while (queue.needsRoom(length)) {
      Segment oldest = queue.first();
      long batches = oldest.pendingBatches();
      long events = oldest.pendingEvents();
      queue.dropFirst();
      if (peekedSegment == oldest) {
        batches--;
        events -= head.record.events;
        peekedSegment = null;
      }
      head.forget();
      full = full.plus(batches, events, oldest.size);
    }
  }

  /** Returns whether no batch waits. Damage that was not found yet counts as a batch. */
  public boolean isEmpty() {
    return batches() == 0;
  }

  /**
   * Returns the oldest intact batch, or null if there is none. Returns the same batch until it is
   * removed or has expired. Counts the damaged batches before it as lost.
   *
   * @throws IOException if the disk cannot be read. After {@value #READ_ATTEMPTS} consecutive
   *     exceptions, the unreadable bytes count as damaged, and the batches after them are returned.
   */
  public @Nullable SpooledBatch peek() throws IOException {
    requireOpen();
    if (peeked != null) {
      return peeked;
    }
    byte[] payload = head.read();
    if (payload != null) {
      peeked = new SpooledBatch(payload, head.record.events, head.record.createdMs);
      peekedSegment = queue.first();
    }
    return peeked;
  }

  /**
   * Returns whether {@link #peek} returned a batch that was neither removed nor has expired since.
   */
  public boolean hasPeeked() {
    return peeked != null;
  }

  /**
   * Removes the batch that {@link #peek} returned. Called when it was sent or permanently refused.
   *
   * @throws IOException if the mark cannot be written. This spool removes the batch in any case and
   *     does not return it again. A later process returns it once more, unless the removal of a
   *     later batch succeeds.
   * @throws IllegalStateException if no batch was returned, or it has expired since
   */
  public void remove() throws IOException {
    requireOpen();
    if (peeked == null) {
      throw new IllegalStateException("there is no batch to remove: call peek first");
    }
    Segment segment = peekedSegment;
    forgetPeeked();
    if (segment == null) {
      head.forget();
      return;
    }
    head.pass(segment);
    try {
      queue.markDone(segment, head.record);
    } finally {
      head.leave(segment);
    }
    queue.deleteFinished();
  }

  private void forgetPeeked() {
    peeked = null;
    peekedSegment = null;
  }

  /**
   * Drops the oldest batches while they are older than the limit. This includes the batch that
   * {@link #peek} returned, so call this only while no request with that batch is under way. The
   * batches after the first one that is young enough are not checked.
   *
   * <p>Setting the clock while this process runs does not make a batch expire: see {@link Ages}. If
   * the disk fails, the batches stay, and {@link #peek} throws.
   *
   * @param nowMs the current time in milliseconds since 1970
   * @return the batches dropped by this call; {@link #takeLosses} does not include them
   */
  public SpoolLoss expire(long nowMs) {
    requireOpen();
    ages.observe(queue.oldestSequence(), queue.nextSequence());
    SpoolLoss expired = SpoolLoss.NONE;
    Segment marked = null;
    RecordHeader lastDropped = new RecordHeader();
    try {
      while ((peeked != null || head.find())
          && ages.ageMs(head.record.sequence, head.record.createdMs, nowMs) > settings.maxAgeMs()) {
        expired = expired.plus(1, head.record.events, head.record.bytes());
        Segment segment = peeked != null ? peekedSegment : queue.first();
        forgetPeeked();
        head.forget();
        if (segment != null) {
          head.pass(segment);
          lastDropped.copy(head.record);
          marked = head.leave(segment) ? null : segment;
        }
      }
      if (marked != null) {
        queue.markDone(marked, lastDropped);
      }
      queue.deleteFinished();
    } catch (IOException e) {
      LOGGER.log(Level.FINE, "Dropping old batches of a spool ended early: folder=" + folder, e);
    }
    return expired;
  }

  /**
   * Returns the batches that, since the last call, were dropped to stay below the size limit or
   * were found damaged. May be called after {@link #close}.
   */
  public SpoolLosses takeLosses() {
    if (full.isNone() && head.damaged().isNone()) {
      return SpoolLosses.NONE;
    }
    SpoolLosses losses = new SpoolLosses(full, head.takeDamaged());
    full = SpoolLoss.NONE;
    return losses;
  }

  /** Returns the number of waiting batches, including the one that {@link #peek} returned. */
  public long batches() {
    return queue.batches() + (isPeekedInMemoryOnly() ? 1 : 0);
  }

  /** Returns the number of events in {@link #batches}. */
  public long events() {
    return queue.events() + (isPeekedInMemoryOnly() ? head.record.events : 0);
  }

  /** Returns the size of all files in bytes, including headers and done batches. */
  public long bytes() {
    return queue.bytes();
  }

  /** Returns the number of batches that an earlier process left. */
  public long recoveredBatches() {
    return recoveredBatches;
  }

  /** Returns the number of events in {@link #recoveredBatches}. */
  public long recoveredEvents() {
    return recoveredEvents;
  }

  /**
   * Returns the creation time of the oldest batch in ms since 1970, or -1 if there is none or none
   * is readable.
   */
  public long oldestMs() {
    if (peeked != null) {
      return peeked.createdMs();
    }
    try {
      return head.find() ? head.record.createdMs : -1;
    } catch (IOException e) {
      LOGGER.log(Level.FINE, "Reading the oldest batch of a spool failed: folder=" + folder, e);
      return -1;
    }
  }

  private boolean isPeekedInMemoryOnly() {
    return peeked != null && peekedSegment == null;
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the spool is closed: folder=" + folder);
    }
  }

  /**
   * Closes the files and releases the folder for other spools. The batches stay for a later
   * process. A batch that was returned and whose segment was dropped since counts as lost.
   */
  @Override
  public void close() throws IOException {
    if (isClosed) {
      return;
    }
    if (isPeekedInMemoryOnly()) {
      full = full.plus(1, head.record.events, head.record.bytes());
    }
    forgetPeeked();
    isClosed = true;
    try (lock) {
      queue.close();
    }
  }

  @Override
  public String toString() {
    return "Spool{folder=" + folder + ", batches=" + batches() + ", bytes=" + bytes() + '}';
  }
}

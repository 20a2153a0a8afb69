// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.internal.perf.PerfRecord;
import io.userevents.listener.EventHandler;
import io.userevents.listener.Sample;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventView;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a perf file: the records of the kernel and the records that perf adds
 * ({@code tools/lib/perf/include/perf/event.h} and {@code
 * tools/perf/Documentation/perf.data-file-format.txt}, Linux 6.12). Records of other types are
 * skipped by their length.
 *
 * <p>Not thread-safe.
 */
final class PerfDataReader implements Reader {

  private static final int LOST_SAMPLES = 13;
  private static final int LOST_SAMPLES_LENGTH = 16;

  /** Samples that a BPF program has filtered out: {@code PERF_RECORD_MISC_LOST_SAMPLES_BPF}. */
  private static final int FILTERED = 1 << 15;

  private static final int HEADER_ATTR = 64;
  private static final int TRACING_DATA = 66;
  private static final int TRACING_DATA_LENGTH = 12;
  private static final int FINISHED_ROUND = 68;
  private static final int AUXTRACE = 71;
  private static final int AUXTRACE_LENGTH = 16;
  private static final int COMPRESSED = 81;
  private static final int COMPRESSED2 = 83;

  private final String file;
  private final Window window;
  private final Formats formats;
  private final PerfEvents events;
  private final FileTally tally;
  private final EventSorter sorter;
  private final SampleFields fields = new SampleFields();
  private final EventView view = new EventView();
  private final Sample sample = new Sample(view);
  private final long lostBefore;

  private @Nullable CompressedRecords compressed;
  private long roundNs = Long.MIN_VALUE;
  private long lostInRings;
  private long lostByCounters;
  private boolean isEnded;
  private @Nullable EventFileException failure;

  /**
   * Starts at the first record.
   *
   * @param window at the first record; it ends where the records end
   * @param formats the layouts that are known already
   * @param events the events that are known already
   */
  PerfDataReader(
      String file,
      Window window,
      Formats formats,
      PerfEvents events,
      FileTally tally,
      int sortBytes) {
    this.file = file;
    this.window = window;
    this.formats = formats;
    this.events = events;
    this.tally = tally;
    sorter = new EventSorter(sortBytes);
    lostBefore = tally.lostEvents;
  }

  @Override
  public Formats formats() {
    return formats;
  }

  @Override
  public String clock() {
    for (PerfAttr attr : events.all()) {
      if (attr.isTracepoint() && attr.clock() != PerfAttr.OWN_CLOCK) {
        return Clocks.name(attr.clock());
      }
    }
    return Clocks.PERF;
  }

  @Override
  public int poll(EventHandler handler) throws EventFileException {
    while (true) {
      int delivered = deliver(handler);
      if (delivered > 0) {
        return delivered;
      }
      if (failure != null) {
        throw failure;
      }
      if (isEnded) {
        return EventFile.END;
      }
      try {
        step();
      } catch (EventFileException e) {
        // The events before the error are delivered first.
        failure = e;
        sorter.release(Long.MAX_VALUE);
      }
    }
  }

  private int deliver(EventHandler handler) {
    int delivered = 0;
    EventDecoder decoder = formats.decoder();
    try {
      while (sorter.next()) {
        if (decoder != null
            && decoder.decode(sorter.buffer(), sorter.offset(), sorter.length())
                == EventDecoder.Result.RECEIVED) {
          view.wrap(sorter.buffer(), decoder, sorter.timestampNs(), sorter.cpu());
          view.writtenBy(sorter.pid(), sorter.tid());
          tally.add(decoder.length(), sorter.timestampNs());
          delivered++;
          handler.onEvent(sample);
        }
      }
    } finally {
      view.clear();
    }
    return delivered;
  }

  private void step() throws EventFileException {
    CompressedRecords inner = compressed;
    if (inner != null && inner.next()) {
      if (accept(inner.record(), inner.offset(), inner.length(), inner.position(), true)) {
        inner.advance();
      }
      return;
    }
    if (!window.has(PerfRecord.HEADER_LENGTH)) {
      end(window.has(1) || (inner != null && inner.isCut()));
      return;
    }
    int length = PerfRecord.length(window.buffer(), window.offset());
    if (length < PerfRecord.HEADER_LENGTH) {
      throw window.malformed("record has an impossible length=" + length);
    }
    if (!window.has(length)) {
      end(true);
      return;
    }
    if (!accept(window.buffer(), window.offset(), length, window.position(), false)) {
      return;
    }
    int type = PerfRecord.type(window.buffer(), window.offset());
    long trailing =
        type == AUXTRACE && length >= AUXTRACE_LENGTH
            ? window.buffer().getLong(window.offset() + PerfRecord.HEADER_LENGTH)
            : 0;
    if (type == TRACING_DATA && length >= TRACING_DATA_LENGTH) {
      readTracingData(length);
      return;
    }
    window.advance(length);
    if (trailing < 0 || !window.skip(trailing)) {
      end(true);
    }
  }

  private void end(boolean isCut) {
    isEnded = true;
    tally.isCut |= isCut;
    sorter.release(Long.MAX_VALUE);
  }

  /** Returns false if events must be delivered before this record can be processed. */
  private boolean accept(
      DirectBuffer buffer, int offset, int length, long position, boolean isInner)
      throws EventFileException {
    switch (PerfRecord.type(buffer, offset)) {
      case PerfRecord.SAMPLE -> {
        return acceptSample(buffer, offset, length);
      }
      case PerfRecord.LOST -> {
        if (length >= PerfRecord.LOST_LENGTH) {
          lostInRings += positive(buffer.getLong(offset + PerfRecord.LOST_COUNT_OFFSET));
          countLost();
        }
      }
      case LOST_SAMPLES -> {
        int misc = buffer.getShort(offset + Integer.BYTES);
        if (length >= LOST_SAMPLES_LENGTH && (misc & FILTERED) == 0) {
          lostByCounters += positive(buffer.getLong(offset + PerfRecord.HEADER_LENGTH));
          countLost();
        }
      }
      case HEADER_ATTR -> addAttributes(buffer, offset, length, position);
      case FINISHED_ROUND -> {
        sorter.release(roundNs);
        roundNs = sorter.latestNs();
      }
      case COMPRESSED ->
          decompress(buffer, offset, length, PerfRecord.HEADER_LENGTH, isInner, position);
      case COMPRESSED2 -> decompressSized(buffer, offset, length, isInner, position);
      default -> {}
    }
    return true;
  }

  private static long positive(long count) {
    // Keeps sums of such numbers within a long.
    return Math.min(Math.max(0, count), Long.MAX_VALUE / (1 << 20));
  }

  /**
   * Ignores the losses that perf reads from each event at the end. They repeat losses that were
   * reported before.
   */
  private void countLost() {
    tally.lostEvents = lostBefore;
    tally.addLost(Math.max(positive(lostInRings), positive(lostByCounters)));
  }

  private boolean acceptSample(DirectBuffer buffer, int offset, int length) {
    PerfAttr attr = events.find(buffer, offset, length);
    EventDecoder decoder = formats.decoder();
    if (attr == null || !attr.isTracepoint() || decoder == null) {
      tally.foreignEvents++;
      return true;
    }
    if (!fields.read(buffer, offset, length, attr)) {
      tally.malformedEvents++;
      return true;
    }
    EventDecoder.Result result = decoder.decode(buffer, fields.rawOffset(), fields.rawLength());
    if (result != EventDecoder.Result.RECEIVED) {
      tally.addRefused(result);
      return true;
    }
    if (sorter.isFull(fields.rawLength())) {
      sorter.releaseHalf();
      return false;
    }
    sorter.add(buffer, fields.rawOffset(), fields.rawLength(), fields);
    return true;
  }

  private void addAttributes(DirectBuffer buffer, int offset, int length, long position)
      throws EventFileException {
    int start = offset + PerfRecord.HEADER_LENGTH;
    int end = offset + length;
    PerfAttr attr = events.add(buffer, start, end - start, position);
    int id = start + PerfAttr.length(buffer, start);
    for (; id + Long.BYTES <= end; id += Long.BYTES) {
      events.addId(buffer.getLong(id), attr, position);
    }
  }

  private void readTracingData(int recordLength) throws EventFileException {
    long length =
        Integer.toUnsignedLong(window.buffer().getInt(window.offset() + PerfRecord.HEADER_LENGTH));
    window.advance(recordLength);
    long end = window.position() + length;
    TracingData.read(window, formats);
    if (window.position() > end) {
      throw window.malformed("tracing data is longer than its length=" + length);
    }
    if (!window.skip(end - window.position())) {
      end(true);
    }
  }

  private void decompressSized(
      DirectBuffer buffer, int offset, int length, boolean isInner, long position)
      throws EventFileException {
    int start = PerfRecord.HEADER_LENGTH + Long.BYTES;
    long dataLength = length < start ? -1 : buffer.getLong(offset + PerfRecord.HEADER_LENGTH);
    if (dataLength < 0 || dataLength > length - start) {
      throw EventFileException.malformed(
          file, position, "compressed data has an impossible length=" + dataLength);
    }
    decompress(buffer, offset, start + (int) dataLength, start, isInner, position);
  }

  private void decompress(
      DirectBuffer buffer, int offset, int length, int start, boolean isInner, long position)
      throws EventFileException {
    if (isInner) {
      throw EventFileException.malformed(file, position, "compressed data in compressed data");
    }
    if (compressed == null) {
      compressed = new CompressedRecords(file, Compression.zstd(file));
    }
    compressed.put(buffer, offset + start, length - start, position);
  }

  @Override
  public void close() {
    if (compressed != null) {
      compressed.close();
    }
  }
}

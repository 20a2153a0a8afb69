// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.listener.Sample;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventView;
import io.userevents.listener.internal.PageCursor;
import io.userevents.listener.internal.PageLayout;
import java.io.IOException;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the pages of one CPU in a trace.dat, one after the other. Not thread-safe. */
final class CpuPages {

  private final String file;
  private final TraceDatHeader.CpuData data;
  private final Bytes source;
  private final @Nullable EventDecoder decoder;
  private final FileTally tally;
  private final PageCursor cursor;
  private final UnsafeBuffer page;
  private final byte[] bytes;
  private long position;

  private CpuPages(
      String file,
      TraceDatHeader.CpuData data,
      Bytes source,
      PageLayout layout,
      @Nullable EventDecoder decoder,
      FileTally tally,
      byte[] bytes) {
    this.file = file;
    this.data = data;
    this.source = source;
    this.decoder = decoder;
    this.tally = tally;
    this.bytes = bytes;
    page = new UnsafeBuffer(bytes);
    cursor = new PageCursor(layout);
    position = data.offset();
  }

  static CpuPages open(
      String file,
      DataSource dataSource,
      TraceDatHeader.CpuData data,
      Formats formats,
      FileTally tally,
      Budget budget)
      throws EventFileException {
    PageLayout layout = formats.pageLayout();
    if (layout == null) {
      throw EventFileException.malformed(file, data.offset(), "the file has no header_page");
    }
    String algorithm = data.algorithm();
    Bytes bytes =
        algorithm.isEmpty()
            ? dataSource.bytes(data.offset(), data.offset() + data.length())
            // The window is one page long. The chunks report where the pages end.
            : new Chunks(
                file,
                dataSource.bytes(data.offset(), Long.MAX_VALUE),
                data.offset(),
                algorithm,
                budget);
    return new CpuPages(
        file,
        data,
        bytes,
        layout,
        formats.decoder(),
        tally,
        budget.allocate(layout.length(), data.offset()));
  }

  /** Returns whether the current event of this CPU comes before that of the other CPU. */
  boolean isBefore(CpuPages other) {
    int order = Long.compareUnsigned(cursor.timestampNs(), other.cursor.timestampNs());
    return order < 0 || (order == 0 && data.index() < other.data.index());
  }

  /**
   * Moves to the next event that can be delivered.
   *
   * @return false at the end
   */
  boolean next() throws EventFileException {
    while (true) {
      while (cursor.next()) {
        EventDecoder.Result result =
            decoder == null
                ? EventDecoder.Result.FOREIGN
                : decoder.decode(cursor.page(), cursor.dataOffset(), cursor.dataLength());
        if (result == EventDecoder.Result.RECEIVED) {
          return true;
        }
        tally.addRefused(result);
      }
      String malformation = cursor.malformation();
      if (malformation != null) {
        cursor.clear();
        throw EventFileException.malformed(
            file, position - bytes.length, "page of cpu=" + data.cpu() + ": " + malformation);
      }
      if (!nextPage()) {
        return false;
      }
    }
  }

  private boolean nextPage() throws EventFileException {
    int length = 0;
    try {
      int read = 0;
      while (length < bytes.length && read >= 0) {
        read = source.read(bytes, length, bytes.length - length);
        length += Math.max(read, 0);
      }
    } catch (EventFileException e) {
      throw e;
    } catch (IOException e) {
      throw EventFileException.failed("read", file, position, e);
    }
    if (length < bytes.length) {
      tally.isCut |= length > 0 || position - data.offset() < data.pagesLength();
      return false;
    }
    position += length;
    cursor.wrap(page, length);
    tally.addLost(cursor.missedEvents());
    tally.lostUncounted += cursor.isMissedUncounted() ? 1 : 0;
    return true;
  }

  /** Lays the view over the current event. */
  void show(EventView view) {
    // All CPUs share the decoder. It may have decoded an event of another CPU since.
    if (decoder != null
        && decoder.decode(cursor.page(), cursor.dataOffset(), cursor.dataLength())
            == EventDecoder.Result.RECEIVED) {
      view.wrap(cursor.page(), decoder, cursor.timestampNs(), data.cpu());
      view.writtenBy(Sample.UNKNOWN_PID, decoder.tid());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.listener.Tally.Count;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventView;
import io.userevents.listener.internal.PageCursor;
import io.userevents.listener.internal.PageLayout;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.agrona.DirectBuffer;

/**
 * Passes the events of one page after the other to a handler and counts them. After an exception of
 * the handler, the same page is continued.
 *
 * <p>Not thread-safe, except the counters.
 */
final class PageReader {

  private static final Logger LOGGER = Logger.getLogger(PageReader.class.getName());

  private final PageLayout layout;
  private final PageCursor cursor;
  private final EventDecoder decoder;
  private final Tally tally;
  private final EventView view = new EventView();
  private final Sample sample = new Sample(view);
  private int cpu;

  PageReader(PageLayout layout, EventDecoder decoder, Tally tally) {
    this.layout = layout;
    this.tally = tally;
    cursor = new PageCursor(layout);
    this.decoder = decoder;
  }

  /** Starts a page that was read with {@code length} bytes. */
  void wrap(DirectBuffer page, int length, int cpuOfPage) {
    cpu = cpuOfPage;
    cursor.wrap(page, length);
    tally.add(Count.PAGES, 1);
    if (cursor.missedEvents() > 0) {
      tally.add(Count.MISSED_EVENTS, cursor.missedEvents());
    }
    if (cursor.isMissedUncounted()) {
      tally.add(Count.MISSED_UNCOUNTED, 1);
    }
    if (length != layout.length() && cursor.malformation() == null) {
      // The sub-buffer size has changed since. The events that were read are delivered; those that
      // were cut off are lost.
      countMalformedPage("read " + length + " bytes of a page of " + layout.length());
    }
  }

  /**
   * Passes the remaining events of the page to the handler.
   *
   * @return the number of events
   */
  int deliver(EventHandler handler) {
    int delivered = 0;
    try {
      while (next()) {
        delivered++;
        handler.onEvent(sample);
      }
    } finally {
      view.clear();
    }
    return delivered;
  }

  /** Drops the page and returns how many of its events no handler has received. */
  int abandon() {
    int abandoned = 0;
    while (cursor.next()) {
      if (decode() == EventDecoder.Result.RECEIVED) {
        abandoned++;
      }
    }
    cursor.clear();
    return abandoned;
  }

  private boolean next() {
    while (cursor.next()) {
      switch (decode()) {
        case RECEIVED -> {
          tally.add(Count.EVENTS, 1);
          tally.add(Count.BYTES, decoder.length());
          view.wrap(cursor.page(), decoder, cursor.timestampNs(), cpu);
          view.writtenBy(Sample.UNKNOWN_PID, decoder.tid());
          return true;
        }
        case OTHER_PROTOCOL -> tally.add(Count.OTHER_PROTOCOL_EVENTS, 1);
        case FOREIGN -> tally.add(Count.FOREIGN_EVENTS, 1);
        case MALFORMED -> tally.add(Count.MALFORMED_EVENTS, 1);
      }
    }
    String malformation = cursor.malformation();
    if (malformation != null) {
      countMalformedPage(malformation);
    }
    cursor.clear();
    return false;
  }

  private EventDecoder.Result decode() {
    return decoder.decode(cursor.page(), cursor.dataOffset(), cursor.dataLength());
  }

  private void countMalformedPage(String reason) {
    tally.add(Count.MALFORMED_BUFFERS, 1);
    if (tally.get(Count.MALFORMED_BUFFERS) == 1) {
      LOGGER.log(
          Level.WARNING,
          "cannot understand a page of ftrace: cpu={0} {1}; its other events are lost, and further"
              + " such pages are counted without a message",
          new Object[] {cpu, reason});
    }
  }
}

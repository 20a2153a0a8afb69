// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import io.userevents.listener.EventHandler;
import io.userevents.listener.KernelStatistics;
import io.userevents.listener.ListenerException;
import io.userevents.listener.ListenerStatistics;
import io.userevents.listener.TracepointFormat;
import io.userevents.listener.TracepointListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A capture through the listener library. */
final class ListenerSampleCapture implements SampleCapture {

  private final TracepointListener listener;

  ListenerSampleCapture(TracepointListener listener) {
    this.listener = listener;
  }

  @Override
  public int poll(EventHandler handler, int timeoutMs) throws ListenerException {
    int events = listener.poll(handler, timeoutMs);
    return events == TracepointListener.CLOSED ? Capture.CLOSED : events;
  }

  @Override
  public void detach() throws ListenerException {
    listener.detach();
  }

  @Override
  public Capture.Counts counts() throws ListenerException {
    ListenerStatistics read = listener.statistics();
    KernelStatistics kernel = listener.kernelStatistics();
    Map<String, Long> lost = new LinkedHashMap<>();
    put(lost, "kernel: buffer was full", kernel.lost());
    put(lost, "listener: malformed", read.malformedBuffers() + read.malformedEvents());
    put(lost, "writer: not protobuf", read.otherProtocolEvents());
    put(lost, "listener: not read before the end", read.abandonedEvents());
    return new Capture.Counts(read.events(), lost, read.interruptions());
  }

  private static void put(Map<String, Long> lost, String cause, long count) {
    if (count != 0) {
      lost.put(cause, count);
    }
  }

  @Override
  public String source() {
    return listener.source().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<TracepointFormat> formats() {
    return listener.formats();
  }

  @Override
  public void close() {
    listener.close();
  }
}

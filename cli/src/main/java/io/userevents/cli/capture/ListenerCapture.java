// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import io.userevents.listener.KernelStatistics;
import io.userevents.listener.ListenerException;
import io.userevents.listener.ListenerStatistics;
import io.userevents.listener.Sample;
import io.userevents.listener.TracepointListener;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Through the listener library. */
final class ListenerCapture implements Capture {

  private final TracepointListener listener;
  private final ProcessTable processes = new ProcessTable();

  ListenerCapture(TracepointListener listener) {
    this.listener = listener;
  }

  @Override
  public int poll(Handler handler, int timeoutMs) throws ListenerException {
    int events =
        listener.poll(
            sample -> {
              byte[] bytes = new byte[sample.payload().capacity()];
              sample.payload().getBytes(0, bytes);
              handler.onEvent(bytes, sample.timestampNs(), pid(sample));
            },
            timeoutMs);
    return events == TracepointListener.CLOSED ? CLOSED : events;
  }

  private int pid(Sample sample) {
    int pid = sample.pid();
    return pid == Sample.UNKNOWN_PID ? processes.processOf(sample.tid()) : pid;
  }

  @Override
  public void detach() throws ListenerException {
    listener.detach();
  }

  @Override
  public Counts counts() throws ListenerException {
    ListenerStatistics read = listener.statistics();
    KernelStatistics kernel = listener.kernelStatistics();
    Map<String, Long> lost = new LinkedHashMap<>();
    put(lost, "kernel: buffer was full", kernel.lost());
    put(lost, "listener: malformed", read.malformedBuffers() + read.malformedEvents());
    put(lost, "listener: not read before the end", read.abandonedEvents());
    return new Counts(read.events(), lost);
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
  public void close() {
    listener.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.LoopbackTracepoint;
import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Reads back through this process's memory. */
final class LoopbackReadback implements Readback {

  private static final int POLL_MS = 100;

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint(EventLayout.OTLP_METRICS);
  private final BlockingQueue<byte[]> events = new LinkedBlockingQueue<>();
  private volatile boolean isDetached;

  @Override
  public Tracepoint tracepoint() {
    return tracepoint;
  }

  @Override
  public void attach() {
    tracepoint.attach(events::add);
  }

  @Override
  public boolean poll(Consumer<byte[]> sink) {
    byte[] event = null;
    try {
      event = isDetached ? events.poll() : events.poll(POLL_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (event == null) {
      return false;
    }
    sink.accept(event);
    return true;
  }

  @Override
  public void detach() {
    tracepoint.detach();
    isDetached = true;
  }

  @Override
  public long lostEvents() {
    return 0;
  }

  @Override
  public String via() {
    return "loopback";
  }

  @Override
  public void close() {
    detach();
  }
}

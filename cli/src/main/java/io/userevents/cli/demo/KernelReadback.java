// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static java.util.Objects.requireNonNull;

import io.userevents.listener.EventHandler;
import io.userevents.listener.ListenerStatistics;
import io.userevents.listener.TracepointListener;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads back through the running kernel, by perf or ftrace. */
final class KernelReadback implements Readback {

  /** The size of each CPU's buffer. It has room for some hundred exports of the demo. */
  private static final int BUFFER_SIZE_KB = 1024;

  private static final int POLL_MS = 100;
  private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");

  private final KernelTracepoint tracepoint = new KernelTracepoint(EventLayout.OTLP_METRICS);
  private final String via;
  private @Nullable TracepointListener listener;

  private KernelReadback(String via) {
    this.via = via;
  }

  /**
   * Checks whether this process may register a tracepoint. Listening needs more rights, and {@link
   * #attach} checks them.
   *
   * @throws RegistrationException if this process may not register it
   */
  static KernelReadback create() throws RegistrationException, IOException {
    KernelTracepoint trial = new KernelTracepoint(EventLayout.OTLP_METRICS);
    trial.register();
    trial.close();
    return new KernelReadback("kernel " + Files.readString(RELEASE).strip() + " user_events");
  }

  @Override
  public Tracepoint tracepoint() {
    return tracepoint;
  }

  @Override
  public void attach() throws IOException {
    listener =
        TracepointListener.builder(EventLayout.OTLP_METRICS).setBufferSizeKb(BUFFER_SIZE_KB).open();
  }

  @Override
  public boolean poll(Consumer<byte[]> sink) throws IOException {
    EventHandler copying =
        sample -> {
          byte[] bytes = new byte[sample.payload().capacity()];
          sample.payload().getBytes(0, bytes);
          sink.accept(bytes);
        };
    int events = attached().poll(copying, POLL_MS);
    if (events == TracepointListener.CLOSED) {
      // The listener closes automatically at the end of the JVM, for example at SIGTERM.
      throw new IOException("the listener is closed");
    }
    return events > 0;
  }

  @Override
  public void detach() throws IOException {
    attached().detach();
  }

  @Override
  public long lostEvents() throws IOException {
    ListenerStatistics read = attached().statistics();
    // The kernel's own count includes the missed events of the pages and is exact.
    return attached().kernelStatistics().lost()
        + read.malformedBuffers()
        + read.malformedEvents()
        + read.abandonedEvents();
  }

  @Override
  public String via() {
    return via;
  }

  @Override
  public void close() {
    if (listener != null) {
      listener.close();
    }
  }

  private TracepointListener attached() {
    return requireNonNull(listener, "not attached");
  }
}

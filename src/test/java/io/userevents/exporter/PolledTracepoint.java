// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.LoopbackTracepoint;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A tracepoint within this process that sees how often the reader's thread looks at it. */
final class PolledTracepoint implements Tracepoint {

  private static final String READER = "user-events-reader";

  private final LoopbackTracepoint loopback = new LoopbackTracepoint("otlp_metrics");
  private final AtomicLong polls = new AtomicLong();

  private volatile boolean recording = true;
  private volatile boolean unsupported;

  /** The thread of the last poll. */
  private volatile @Nullable Thread reader;

  void attach(Consumer<byte[]> listener) {
    recording = true;
    loopback.attach(listener);
  }

  /** Attaches a listener that does not record until {@link #record}. */
  void attachSlowly(Consumer<byte[]> listener) {
    recording = false;
    loopback.attach(listener);
  }

  /** As on a machine that cannot have the tracepoint; before an exporter has it. */
  void refuse() {
    unsupported = true;
  }

  void record() {
    recording = true;
  }

  void endRecording() {
    recording = false;
  }

  void detach() {
    loopback.detach();
  }

  long polls() {
    return polls.get();
  }

  /** Waits until the reader has looked this often since now; returns its thread. */
  Thread awaitPolls(int count) throws InterruptedException {
    long until = polls.get() + count;
    while (polls.get() < until) {
      Thread.sleep(1);
    }
    Thread polling = reader;
    if (polling == null) {
      throw new AssertionError("nobody polled");
    }
    return polling;
  }

  @Override
  public boolean isEnabled() {
    Thread current = Thread.currentThread();
    if (current.getName().equals(READER)) {
      reader = current;
      polls.incrementAndGet();
    }
    return loopback.isEnabled();
  }

  @Override
  public boolean isRecording() {
    return recording;
  }

  @Override
  public String eventName() {
    return loopback.eventName();
  }

  @Override
  public String register() throws RegistrationException {
    if (unsupported) {
      throw new RegistrationException("not on this machine", Errno.ENOSYS.number(), null);
    }
    return loopback.register();
  }

  @Override
  public int write(EventVector event) {
    return loopback.write(event);
  }

  @Override
  public void close() {
    loopback.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.listener.ListenerException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** Events that a test writes in place of applications. */
final class ScriptedSource implements EventSource {

  /** An event, or a call that wakes the reader. */
  private static final class Event {
    private final byte[] payload;
    private final long timestampNs;
    private final int pid;
    private final boolean isWakeup;

    Event(byte[] payload, long timestampNs, int pid, boolean isWakeup) {
      this.payload = payload;
      this.timestampNs = timestampNs;
      this.pid = pid;
      this.isWakeup = isWakeup;
    }
  }

  private static final int MAX_EVENTS = 64;

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final ReentrantLock reading = new ReentrantLock();
  private volatile boolean isDetached;
  private volatile boolean isClosed;
  private volatile Fault fault = () -> {};

  /** A fault of the source. */
  @FunctionalInterface
  interface Fault {

    /** Runs before each read, and may throw or wait. */
    void beforeRead() throws ListenerException;
  }

  void setFault(Fault fault) {
    this.fault = fault;
  }

  boolean isDetached() {
    return isDetached;
  }

  void write(byte[] payload, int pid) {
    write(payload, System.nanoTime(), pid);
  }

  void write(byte[] payload, long timestampNs, int pid) {
    if (!isDetached) {
      events.add(new Event(payload, timestampNs, pid, /* isWakeup= */ false));
    }
  }

  /** Calls {@code writes} while no read is in progress, so that one read gets all its events. */
  void writeBetweenReads(Runnable writes) {
    reading.lock();
    try {
      writes.run();
    } finally {
      reading.unlock();
    }
  }

  /** Whether the agent has taken all that was written. */
  boolean isRead() {
    return events.isEmpty();
  }

  boolean isClosed() {
    return isClosed;
  }

  @Override
  public int poll(Handler handler, int timeoutMs) throws ListenerException {
    fault.beforeRead();
    Event event;
    try {
      event = events.poll(isDetached ? 0 : timeoutMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
    reading.lock();
    try {
      return deliver(event, handler);
    } finally {
      reading.unlock();
    }
  }

  private int deliver(@Nullable Event first, Handler handler) {
    Event event = first;
    int count = 0;
    while (event != null && !event.isWakeup) {
      handler.onEvent(new UnsafeBuffer(event.payload), event.timestampNs, event.pid, event.pid);
      count++;
      event = count < MAX_EVENTS ? events.poll() : null;
    }
    return count;
  }

  @Override
  public void wakeup() {
    events.add(new Event(new byte[0], 0, 0, /* isWakeup= */ true));
  }

  @Override
  public void detach() {
    isDetached = true;
  }

  @Override
  public Losses losses() {
    return new Losses(0, 0, 0);
  }

  @Override
  public void close() {
    isClosed = true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Receives the events of user_events tracepoints, by perf or by ftrace. Several listeners in one or
 * many processes each receive all events.
 *
 * <pre>{@code
 * try (TracepointListener listener = TracepointListener.builder("otlp_metrics").open()) {
 *   while (listener.poll(handler, 1000) != TracepointListener.CLOSED) {}
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> All methods may be called by any thread. {@link #poll} is meant for one
 * thread; several are served one after the other. The others end a wait of {@code poll} where they
 * need to, and never wait for a handler. Memory that a handler sees stays valid until it returns,
 * also if the listener is closed meanwhile.
 *
 * <p><b>Loss.</b> Nothing that the kernel reports is lost silently: see {@link #statistics} and
 * {@link #kernelStatistics}. The kernel does not report, so that nobody can count: an event that is
 * longer than its {@link Source} delivers, whose write succeeds; an event that is written while no
 * listener is attached; and an event on a CPU that has come online less than a second ago.
 *
 * <p><b>Lifetime.</b> The listener can come before the first exporter and outlive the last. {@link
 * #close} gives back what it has in the kernel; so does a shutdown hook at SIGTERM, SIGINT and
 * {@code System.exit}. After a kill -9, with {@link Source#FTRACE}, the trace instance stays, takes
 * up memory and has applications export to nobody, until another listener is opened.
 */
public final class TracepointListener implements AutoCloseable {

  /** {@link #poll} returns this once the listener is closed. */
  public static final int CLOSED = -1;

  private static final long UNBOUNDED_NS = Long.MAX_VALUE / 2;
  private static final long UNREADABLE_PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(100);

  private final List<String> eventNames;
  private final boolean isSnapshot;
  private final Capture capture;
  private final Wakeup wakeup;
  private final Tally tally;
  private final ShutdownHook hook;

  /** Held by the thread in poll, with its handler: guards memory. Taken before the other. */
  private final ReentrantLock readerLock = new ReentrantLock();

  private final CallLock callLock;
  private final AtomicBoolean isWakeupAsked = new AtomicBoolean();
  private boolean isFreed;

  private volatile boolean isDetached;
  private volatile boolean isClosed;
  private volatile long abandonedEvents;

  private TracepointListener(
      List<String> eventNames, Capture capture, Shared shared, boolean isSnapshot) {
    this.isSnapshot = isSnapshot;
    this.eventNames = List.copyOf(eventNames);
    this.capture = capture;
    wakeup = shared.wakeup();
    callLock = shared.callLock();
    tally = shared.tally();
    hook = new ShutdownHook(callLock, this::closeAtShutdown, capture::description);
  }

  /**
   * A listener for events of these names, e.g. {@code otlp_metrics}.
   *
   * @throws IllegalArgumentException if there is no name, one twice, or one that no event can have
   */
  public static TracepointListenerBuilder builder(String... eventNames) {
    return new TracepointListenerBuilder(List.of(eventNames));
  }

  /** Attaches a capture, or closes it. */
  static TracepointListener open(
      List<String> eventNames, Capture capture, Shared shared, boolean isSnapshot)
      throws ListenerException {
    TracepointListener listener = new TracepointListener(eventNames, capture, shared, isSnapshot);
    try {
      listener.hook.add();
      listener.attach();
      return listener;
    } catch (ListenerException | RuntimeException | Error e) {
      listener.closeAfter(e);
      throw e;
    }
  }

  private void attach() throws ListenerException {
    callLock.lock();
    try {
      if (isClosed) {
        throw new IllegalStateException("the JVM is shutting down");
      }
      capture.attach();
    } finally {
      callLock.unlock();
    }
  }

  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException | Error e) {
      if (e != failure) {
        failure.addSuppressed(e);
      }
    }
  }

  /** Names of the events. */
  public List<String> eventNames() {
    return eventNames;
  }

  /** By what it receives: {@link Source#PERF} or {@link Source#FTRACE}. */
  public Source source() {
    return capture.source();
  }

  /** The tracepoints as the kernel describes them, for a file that has their events. */
  public List<TracepointFormat> formats() {
    return capture.formats().stream()
        .map(format -> new TracepointFormat(format.name(), format.id(), format.text()))
        .toList();
  }

  /** With ftrace, folder of the trace instance in tracefs, which exists until it is closed. */
  public Optional<Path> instance() {
    return capture instanceof FtraceCapture ftrace
        ? Optional.of(ftrace.folder())
        : Optional.empty();
  }

  /** For log lines: where the events come from, and the sizes of its buffers. */
  String description() {
    return capture.description();
  }

  /**
   * Hands out what has come in; if nothing has, waits for it. Events of one CPU are in order, those
   * of several are not.
   *
   * <p>Takes a bounded number of events of each CPU, so that the caller gets control from time to
   * time also if events come in faster than they are handled. Returns 0 at once, with the thread's
   * interrupt status unchanged, if there is nothing and the thread is or gets interrupted. After
   * {@link #detach} it does not wait; then 0 means that everything was read.
   *
   * @param timeoutMs how long to wait in ms; 0 does not wait, negative waits without bound
   * @return the number of events, 0 after the time, an interrupt or {@link #wakeup}, or {@link
   *     #CLOSED}
   * @throws ListenerException if the kernel refuses a read, to record on a CPU that has come
   *     online, or to set again the switches that somebody has changed; polling again tries again
   * @throws IllegalStateException if called by the handler
   */
  public int poll(EventHandler handler, int timeoutMs) throws ListenerException {
    requireNonNull(handler, "handler");
    if (isSnapshot) {
      throw new IllegalStateException("this listener has snapshots in place of poll");
    }
    if (readerLock.isHeldByCurrentThread()) {
      throw new IllegalStateException("poll must not be called by its own handler");
    }
    readerLock.lock();
    try {
      return isFreed ? CLOSED : pollLocked(handler, timeoutMs);
    } finally {
      readerLock.unlock();
      if (isClosed) {
        free();
      }
    }
  }

  /**
   * Hands out the newest events of each CPU, as many as its buffer has room for: all that are
   * there, also those that a snapshot before has handed out. Those of one CPU are in order. Needs
   * {@link TracepointListenerBuilder#setSnapshot}.
   *
   * <p>While the handler has the events of a CPU, further events on this CPU are lost, and counted
   * by {@link KernelStatistics#lost}. Between two calls, no thread has to read. A CPU that comes
   * online is recorded from the next call on.
   *
   * @return the number of events, or {@link #CLOSED}
   * @throws ListenerException if the kernel refuses
   * @throws IllegalStateException if called by the handler, or if the listener has no snapshots
   */
  public int snapshot(EventHandler handler) throws ListenerException {
    requireNonNull(handler, "handler");
    if (!isSnapshot) {
      throw new IllegalStateException("snapshots need setSnapshot(true)");
    }
    if (readerLock.isHeldByCurrentThread()) {
      throw new IllegalStateException("snapshot must not be called by its own handler");
    }
    readerLock.lock();
    try {
      if (isFreed || isClosed) {
        return CLOSED;
      }
      // Looks whether CPUs have come or gone.
      await(0);
      return capture.snapshot(handler);
    } finally {
      readerLock.unlock();
      if (isClosed) {
        free();
      }
    }
  }

  private int pollLocked(EventHandler handler, int timeoutMs) throws ListenerException {
    long limitNs = timeoutMs < 0 ? UNBOUNDED_NS : TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    long startNs = System.nanoTime();
    while (!isClosed) {
      long leftNs = limitNs - (System.nanoTime() - startNs);
      boolean isLast =
          isWakeupAsked.getAndSet(false)
              || isDetached
              || leftNs <= 0
              || Thread.currentThread().isInterrupted();
      boolean isReadable = await(isLast ? 0 : leftNs);
      int events = capture.deliver(handler);
      if (events > 0) {
        return events;
      }
      if (capture.hasRead()) {
        continue;
      }
      if (isLast) {
        return isClosed ? CLOSED : 0;
      }
      if (isReadable) {
        // The event is being written, or the CPU is offline: do not spin meanwhile.
        LockSupport.parkNanos(UNREADABLE_PAUSE_NS);
      }
    }
    return CLOSED;
  }

  private boolean await(long leftNs) throws ListenerException {
    long leftMs = TimeUnit.NANOSECONDS.toMillis(leftNs + TimeUnit.MILLISECONDS.toNanos(1) - 1);
    wakeup.enter();
    callLock.lock();
    try {
      if (isClosed) {
        return false;
      }
      return capture.await(callLock.isWanted() ? 0 : (int) Math.min(leftMs, Integer.MAX_VALUE));
    } finally {
      callLock.unlock();
      wakeup.leave();
    }
  }

  /** Ends the {@link #poll} that waits, or keeps the next one from waiting; it returns 0. */
  public void wakeup() {
    isWakeupAsked.set(true);
    wakeup.wakeup();
  }

  /**
   * Stops receiving: events that are written from now on do not come in. Those that are in the
   * buffers can be read with {@link #poll} until it returns 0. A second call does nothing.
   *
   * @throws ListenerException if the kernel refuses
   */
  public void detach() throws ListenerException {
    callLock.lockAtOnce();
    try {
      if (!isClosed && !isDetached) {
        capture.detach();
        isDetached = true;
      }
    } finally {
      callLock.unlock();
    }
  }

  /**
   * Detaches and gives everything back; events that are still in the kernel's buffers are counted
   * as abandoned. What the kernel refuses to remove is logged, not thrown. A second call does
   * nothing, unless something could not be done: then tries that again, as the end of the JVM does.
   *
   * @throws RuntimeException like any Error, if one occurs; all that is independent of it is done
   */
  @Override
  public void close() {
    boolean isDone = false;
    callLock.lockAtOnce();
    try {
      isClosed = true;
      isDone = capture.close();
    } finally {
      callLock.unlock();
      free();
      if (isDone) {
        hook.remove();
      }
    }
  }

  /** With the lock of calls. */
  private void closeAtShutdown() {
    isClosed = true;
    boolean unused = capture.close();
  }

  /** Done by close, or by the thread that it found in poll, whichever comes last. */
  private void free() {
    if (readerLock.isHeldByCurrentThread() || !readerLock.tryLock()) {
      return;
    }
    try {
      if (!isFreed) {
        isFreed = true;
        abandonedEvents = capture.free();
        wakeup.release();
      }
    } finally {
      readerLock.unlock();
    }
  }

  /** What was read so far. Also after closing. */
  public ListenerStatistics statistics() {
    return new ListenerStatistics(tally.snapshot(), abandonedEvents);
  }

  /**
   * What the kernel has counted so far; after closing, what it had counted then. Makes a system
   * call or some for each CPU.
   *
   * @throws ListenerException if the kernel refuses
   */
  public KernelStatistics kernelStatistics() throws ListenerException {
    callLock.lockAtOnce();
    try {
      return capture.statistics();
    } finally {
      callLock.unlock();
    }
  }

  @Override
  public String toString() {
    return "TracepointListener{eventNames="
        + eventNames
        + ", source="
        + source()
        + ", detached="
        + isDetached
        + ", closed="
        + isClosed
        + "}";
  }
}

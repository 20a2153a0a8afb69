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
 * Receives the events of user_events tracepoints, through perf or ftrace. Several listeners, in one
 * or in many processes, each receive all events.
 *
 * <pre>{@code
 * try (TracepointListener listener = TracepointListener.builder("otlp_metrics").open()) {
 *   while (listener.poll(handler, 1000) != TracepointListener.CLOSED) {}
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Any thread may call any method. {@link #poll} is meant for one thread; several
 * threads that poll are served one after the other. The other methods end a wait of {@code poll}
 * where necessary, and never wait for a handler. Memory that a handler sees stays valid until the
 * handler returns, even if another thread closes the listener in the meantime.
 *
 * <p><b>Loss.</b> The listener counts every loss that the kernel reports: see {@link #statistics}
 * and {@link #kernelStatistics}. The kernel does not report the following losses, so no reader can
 * count them: an event that is longer than its {@link Source} delivers, although its write
 * succeeds; an event that is written while no listener is attached; and an event on a CPU that came
 * online less than a second ago.
 *
 * <p><b>Lifetime.</b> You can open a listener before the first exporter starts and close it after
 * the last has ended. {@link #close} releases its resources in the kernel. A shutdown hook does the
 * same at SIGTERM, SIGINT and {@code System.exit}. After a kill -9 with {@link Source#FTRACE}, the
 * trace instance stays: it takes up memory, and applications continue to export to it, until
 * another listener is opened.
 *
 * @since 0.1.0
 */
public final class TracepointListener implements AutoCloseable {

  /** The value that {@link #poll} returns once the listener is closed. */
  public static final int CLOSED = -1;

  private static final long UNBOUNDED_NS = Long.MAX_VALUE / 2;
  private static final long UNREADABLE_PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(100);

  private final List<String> eventNames;
  private final boolean isSnapshot;
  private final Capture capture;
  private final Wakeup wakeup;
  private final Tally tally;
  private final ShutdownHook hook;

  /**
   * The reader's lock, which guards memory. The thread in poll holds it, also while its handler
   * runs. It is taken before the lock of calls.
   */
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
   * {@return a builder of a listener for events of these names, for example {@code otlp_metrics}}
   *
   * @param eventNames names of the events
   * @throws IllegalArgumentException if there is no name, a name occurs twice, or no event can have
   *     such a name
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

  /** {@return the names of the events} */
  public List<String> eventNames() {
    return eventNames;
  }

  /** {@return the source of the events: {@link Source#PERF} or {@link Source#FTRACE}} */
  public Source source() {
    return capture.source();
  }

  /** {@return the kernel's descriptions of the tracepoints} A file of their events needs them. */
  public List<TracepointFormat> formats() {
    return capture.formats().stream()
        .map(format -> new TracepointFormat(format.name(), format.id(), format.text()))
        .toList();
  }

  /**
   * {@return the folder of the trace instance in tracefs, or empty with perf} The folder exists
   * until the listener is closed.
   */
  public Optional<Path> instance() {
    return capture instanceof FtraceCapture ftrace
        ? Optional.of(ftrace.folder())
        : Optional.empty();
  }

  /** Returns a text for log lines: the source of the events and the sizes of its buffers. */
  String description() {
    return capture.description();
  }

  /**
   * Passes the available events to the handler. Waits for events if there are none. Events of one
   * CPU arrive in order; events of different CPUs do not.
   *
   * <p>One call takes a bounded number of events from each CPU, so that the caller regains control
   * even if events arrive faster than they are handled. If there is no event and the thread is
   * interrupted before or during the wait, the method returns 0 at once and leaves the interrupt
   * status set. After {@link #detach} it does not wait, and 0 means that all events were read.
   *
   * @param timeoutMs how long to wait in ms; 0 does not wait, a negative value waits without bound
   * @param handler receives the events
   * @return the number of events; 0 after the time, an interrupt or {@link #wakeup}; or {@link
   *     #CLOSED}
   * @throws ListenerException if the kernel refuses to read, to record on a CPU that has come
   *     online, or to restore switches that another process has changed. The next call tries again.
   * @throws IllegalStateException if called by the handler
   */
  public int poll(EventHandler handler, int timeoutMs) throws ListenerException {
    requireNonNull(handler, "handler");
    if (isSnapshot) {
      throw new IllegalStateException(
          "this listener takes snapshots; call snapshot instead of poll");
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
   * Passes the newest events of each CPU to the handler. The number of events is limited by the
   * size of the CPU's buffer. A snapshot includes events that an earlier snapshot has delivered.
   * Events of one CPU arrive in order. Requires {@link TracepointListenerBuilder#setSnapshot}.
   *
   * <p>While the handler receives the events of a CPU, further events on this CPU are lost and
   * counted by {@link KernelStatistics#lost}. No thread needs to read between two calls. A CPU that
   * comes online is recorded from the next call on.
   *
   * @param handler receives the events
   * @return the number of events, or {@link #CLOSED}
   * @throws ListenerException if the kernel refuses
   * @throws IllegalStateException if called by the handler, or if the listener does not take
   *     snapshots
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
      // Checks whether CPUs have come or gone.
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
        // The event is still being written, or the CPU is offline. Avoids spinning in the meantime.
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

  /**
   * Ends the wait of a {@link #poll} in progress, or prevents the next one from waiting. That call
   * returns 0.
   */
  public void wakeup() {
    isWakeupAsked.set(true);
    wakeup.wakeup();
  }

  /**
   * Stops receiving. Events that are written from now on are not received. You can read the events
   * in the buffers with {@link #poll} until it returns 0. A second call does nothing.
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
   * Detaches and releases all resources. Events that are still in the kernel's buffers are counted
   * as abandoned. If the kernel refuses to remove a resource, the refusal is logged and not thrown.
   * A second call does nothing, unless a step has failed. In that case it tries the step again, and
   * so does the shutdown hook.
   *
   * @throws RuntimeException (or an Error) that a step threw; all steps that do not depend on it
   *     are done
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

  /** Called with the lock of calls held. */
  private void closeAtShutdown() {
    isClosed = true;
    boolean unused = capture.close();
  }

  /** Frees the memory. Called by close or by the thread in poll, whichever comes last. */
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

  /** {@return the counters of this listener} May be called after closing. */
  public ListenerStatistics statistics() {
    return new ListenerStatistics(tally.snapshot(), abandonedEvents);
  }

  /**
   * {@return the kernel's counters} After closing, returns their values at the time of closing.
   * Makes one or more system calls for each CPU.
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

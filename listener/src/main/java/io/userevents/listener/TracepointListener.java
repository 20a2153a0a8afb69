// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.util.Objects.requireNonNull;

import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.Tracepoint;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a user_events tracepoint through a private ftrace instance. Several listeners
 * in one or many processes each receive all events.
 *
 * <pre>{@code
 * try (TracepointListener listener = TracepointListener.builder("otlp_metrics").open()) {
 *   while (listener.poll(handler, 1000) != TracepointListener.CLOSED) {}
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> All methods may be called by any thread. {@link #poll} is meant for one
 * thread; several are served one after the other. {@link #detach} and {@link #close} wait until a
 * system call of {@code poll} has returned, 100 ms at most, but never for a handler. Memory that a
 * handler sees stays valid until it returns, also if the listener is closed meanwhile.
 *
 * <p><b>Loss.</b> Nothing that the kernel reports is lost silently: see {@link #statistics} and
 * {@link #kernelStatistics}. What the kernel does not report, nobody can count: an event with more
 * than {@link io.userevents.tracepoint.EventLayout#MAX_LENGTH_FTRACE} bytes never reaches ftrace,
 * though the write succeeds, also with larger sub-buffers (Linux 6.12); and an event that is
 * written while no listener is attached goes nowhere.
 *
 * <p><b>Lifetime.</b> The listener holds a registration of the event, so that it can come before
 * the first exporter and outlive the last. The instance is removed by {@link #close} and, at
 * SIGTERM, SIGINT or {@code System.exit}, by a shutdown hook. After a kill -9 it stays, and takes
 * up memory, until another listener is opened, if it has a default name.
 */
public final class TracepointListener implements AutoCloseable {

  /**
   * Clock of the timestamps, as ftrace names it: CLOCK_MONOTONIC, in ns, the same on all CPUs and
   * in all processes that are in no time namespace of their own; on HotSpot that of {@link
   * System#nanoTime}.
   */
  public static final String CLOCK = "mono";

  /** {@link #poll} returns this once the listener is closed. */
  public static final int CLOSED = -1;

  private static final Logger LOGGER = Logger.getLogger(TracepointListener.class.getName());

  /** Nothing can wake a thread in poll(2), so it looks up by itself. */
  private static final int SLICE_MS = 100;

  /** Of one CPU in one poll: a busy CPU shall not starve the others, nor keep the caller. */
  private static final int MAX_PAGES = 64;

  private static final long UNBOUNDED_NS = Long.MAX_VALUE / 2;
  private static final long OFFLINE_CHECK_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long UNREADABLE_PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long HOOK_WAIT_MS = 2000;

  private final String eventName;
  private final Path instance;
  private final Attachment attachment;
  private final Tally tally = new Tally();
  private final Thread hook = new Thread(this::closeAtShutdown, "user-events-listener-shutdown");

  /** Held by the thread in poll, with its handler: guards the page. Taken before the other. */
  private final ReentrantLock pollLock = new ReentrantLock();

  /** Held during system calls: guards instance and descriptors. Fair, so that close gets it. */
  private final ReentrantLock ioLock = new ReentrantLock(true);

  private @Nullable PageReader reader;
  private boolean isFreed;
  private long offlineCheckedNs;

  private volatile boolean isDetached;
  private volatile boolean isClosed;
  private volatile long abandonedInPage;

  private TracepointListener(String eventName, Path instance, Attachment attachment) {
    this.eventName = eventName;
    this.instance = instance;
    this.attachment = attachment;
  }

  /** A listener for the event of this name, e.g. {@code otlp_metrics}. */
  public static TracepointListenerBuilder builder(String eventName) {
    return new TracepointListenerBuilder(eventName);
  }

  static TracepointListener open(
      Syscalls syscalls,
      Path tracefs,
      String eventName,
      @Nullable String instanceName,
      int bufferSizeKb)
      throws ListenerException {
    // Checks the name before anything is made.
    Tracepoint registration = new OwnThreadTracepoint(new KernelTracepoint(eventName, tracefs));
    Path instances = tracefs.resolve("instances");
    InstanceNames.removeStale(instances);
    Path folder =
        instanceName == null
            ? InstanceNames.createDefault(instances)
            : InstanceNames.create(instances, instanceName);
    TraceInstance instance = new TraceInstance(new TracefsFiles(syscalls), folder, eventName);
    TracepointListener listener =
        new TracepointListener(eventName, folder, new Attachment(syscalls, registration, instance));
    try {
      Runtime.getRuntime().addShutdownHook(listener.hook);
      listener.attach(bufferSizeKb);
      return listener;
    } catch (ListenerException | RuntimeException | Error e) {
      listener.closeAfter(e);
      throw e;
    }
  }

  private void attach(int bufferSizeKb) throws ListenerException {
    ioLock.lock();
    try {
      if (isClosed) {
        throw new IllegalStateException("the JVM is shutting down");
      }
      reader = attachment.open(bufferSizeKb, tally);
    } finally {
      ioLock.unlock();
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

  /** Name of the event. */
  public String eventName() {
    return eventName;
  }

  /** Folder of the trace instance in tracefs. It exists until the listener is closed. */
  public Path instance() {
    return instance;
  }

  /**
   * Hands out what has come in; if nothing has, waits for it. Events of one CPU are in order, those
   * of several are not.
   *
   * <p>Takes at most 64 pages of each CPU, so that the caller gets control from time to time also
   * if events come in faster than they are handled. After {@link #detach} does not wait; then 0
   * means that everything was read.
   *
   * @param timeoutMs how long to wait in ms; 0 does not wait, negative waits without bound
   * @return the number of events, 0 after the time, or {@link #CLOSED}
   * @throws ListenerException if the kernel refuses a read
   * @throws IllegalStateException if called by the handler
   */
  public int poll(EventHandler handler, int timeoutMs) throws ListenerException {
    requireNonNull(handler, "handler");
    if (pollLock.isHeldByCurrentThread()) {
      throw new IllegalStateException("poll must not be called by its own handler");
    }
    pollLock.lock();
    try {
      return isFreed ? CLOSED : pollLocked(handler, timeoutMs);
    } finally {
      pollLock.unlock();
      if (isClosed) {
        free();
      }
    }
  }

  private int pollLocked(EventHandler handler, int timeoutMs) throws ListenerException {
    PageReader pages = requireNonNull(reader, "reader");
    CpuBuffers files = requireNonNull(attachment.buffers(), "buffers");
    // What is left of a page whose handler has thrown.
    int events = pages.deliver(handler);
    long limitNs = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    long start = System.nanoTime();
    while (events == 0 && !isClosed) {
      long leftNs = timeoutMs < 0 ? UNBOUNDED_NS : limitNs - (System.nanoTime() - start);
      boolean isReadable = await(files, leftNs);
      long pagesBefore = tally.get(Tally.Count.PAGES);
      events = drain(pages, files, handler);
      if (tally.get(Tally.Count.PAGES) != pagesBefore) {
        continue;
      }
      if (isDetached || leftNs <= 0) {
        break;
      }
      if (isReadable) {
        // The event is being written, or the CPU is offline: do not spin meanwhile.
        LockSupport.parkNanos(UNREADABLE_PAUSE_NS);
      }
    }
    return events == 0 && isClosed ? CLOSED : events;
  }

  /** Waits for a slice of the time at most. */
  private boolean await(CpuBuffers files, long leftNs) throws ListenerException {
    long leftMs = TimeUnit.NANOSECONDS.toMillis(leftNs + TimeUnit.MILLISECONDS.toNanos(1) - 1);
    int waitMs = isDetached ? 0 : (int) Math.max(0, Math.min(SLICE_MS, leftMs));
    ioLock.lock();
    try {
      if (isClosed) {
        return false;
      }
      if (files.hasIgnored() && System.nanoTime() - offlineCheckedNs > OFFLINE_CHECK_NS) {
        offlineCheckedNs = System.nanoTime();
        files.watchAll();
      }
      return files.await(waitMs);
    } finally {
      ioLock.unlock();
    }
  }

  private int drain(PageReader pages, CpuBuffers files, EventHandler handler)
      throws ListenerException {
    int events = 0;
    for (int i = 0; i < files.count(); i++) {
      if (!files.isReadable(i)) {
        continue;
      }
      for (int page = 0; page < MAX_PAGES; page++) {
        int length = read(files, i);
        if (length == CpuBuffers.NOTHING) {
          break;
        }
        pages.wrap(files.page(), length, files.cpu(i));
        events += pages.deliver(handler);
      }
    }
    return events;
  }

  private int read(CpuBuffers files, int index) throws ListenerException {
    ioLock.lock();
    try {
      return isClosed ? CpuBuffers.NOTHING : files.read(index);
    } finally {
      ioLock.unlock();
    }
  }

  /**
   * Stops receiving: events that are written from now on do not come in. Those that are in the
   * buffers can be read with {@link #poll} until it returns 0. A second call does nothing.
   *
   * @throws ListenerException if the kernel refuses
   */
  public void detach() throws ListenerException {
    ioLock.lock();
    try {
      if (!isClosed && !isDetached) {
        attachment.disable();
        isDetached = true;
      }
    } finally {
      ioLock.unlock();
    }
  }

  /**
   * Detaches and removes the trace instance; events that are still in its buffers are counted as
   * abandoned. What the kernel refuses to remove is logged, not thrown. A second call does nothing,
   * unless something could not be done: then tries that again, as the end of the JVM does.
   *
   * @throws RuntimeException like any Error, if one occurs; all that is independent of it is done
   */
  @Override
  public void close() {
    boolean isDone = false;
    ioLock.lock();
    try {
      isClosed = true;
      isDone = attachment.close();
    } finally {
      ioLock.unlock();
      free();
      if (isDone) {
        removeHook();
      }
    }
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOGGER.log(Level.FINEST, "closed while the JVM is shutting down", e);
    }
  }

  /** Frees no memory: a handler may still be running, and the JVM ends anyway. */
  private void closeAtShutdown() {
    boolean isLocked = false;
    try {
      isLocked = ioLock.tryLock(HOOK_WAIT_MS, TimeUnit.MILLISECONDS);
      if (isLocked) {
        isClosed = true;
        boolean unused = attachment.close();
      } else {
        LOGGER.log(Level.WARNING, "trace instance is left behind: {0}", instance);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (isLocked) {
        ioLock.unlock();
      }
    }
  }

  /** Done by close, or by the thread that it found in poll, whoever is last. */
  private void free() {
    if (pollLock.isHeldByCurrentThread() || !pollLock.tryLock()) {
      return;
    }
    try {
      if (!isFreed) {
        isFreed = true;
        if (reader != null) {
          abandonedInPage = reader.abandon();
        }
        CpuBuffers buffers = attachment.buffers();
        if (buffers != null) {
          buffers.free();
        }
      }
    } finally {
      pollLock.unlock();
    }
  }

  /** What was read so far. Also after closing. */
  public ListenerStatistics statistics() {
    return tally.statistics(attachment.finalStatistics().unreadEvents() + abandonedInPage);
  }

  /**
   * What the kernel has counted so far; after closing, what it had counted then. Reads a file for
   * each CPU.
   *
   * @throws ListenerException if the kernel refuses
   */
  public KernelStatistics kernelStatistics() throws ListenerException {
    ioLock.lock();
    try {
      return attachment.statistics();
    } finally {
      ioLock.unlock();
    }
  }

  @Override
  public String toString() {
    return "TracepointListener{eventName="
        + eventName
        + ", instance="
        + instance
        + ", detached="
        + isDetached
        + ", closed="
        + isClosed
        + "}";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.util.Objects.requireNonNull;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.Tracefs;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Configures and opens a {@link TracepointListener}. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class TracepointListenerBuilder {

  /** The default memory for the buffers of all CPUs together, in KiB. */
  public static final int DEFAULT_TOTAL_BUFFER_SIZE_KB = 16_384;

  private static final Logger LOGGER = Logger.getLogger(TracepointListener.class.getName());
  private static final int MIN_BUFFER_SIZE_KB = 8;
  private static final int MAX_BUFFER_SIZE_KB = 1 << 21;
  private static final int MAX_WAKEUP_BYTES = 1 << 20;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}");

  private final List<String> eventNames;
  private Source source = Source.AUTO;
  private @Nullable Path tracefs;
  private @Nullable String instanceName;
  private BufferSize bufferSize = BufferSize.ofMachine(DEFAULT_TOTAL_BUFFER_SIZE_KB);
  private int wakeupBytes = 1;
  private boolean isSnapshot;
  private boolean isRemovingStaleInstances = true;

  TracepointListenerBuilder(List<String> eventNames) {
    if (eventNames.isEmpty() || new HashSet<>(eventNames).size() != eventNames.size()) {
      throw new IllegalArgumentException(
          "eventNames must be one or several different names: eventNames=" + eventNames);
    }
    eventNames.forEach(EventLayout::requireValidName);
    this.eventNames = eventNames;
  }

  /**
   * Sets the source of the events. Default: {@link Source#AUTO}.
   *
   * @param source perf, ftrace or the choice between them
   * @return this builder
   */
  public TracepointListenerBuilder setSource(Source source) {
    this.source = requireNonNull(source, "source");
    return this;
  }

  /**
   * Sets the path at which tracefs is mounted. Default: see {@link Tracefs#find}.
   *
   * @param tracefs mount point of tracefs
   * @return this builder
   */
  public TracepointListenerBuilder setTracefs(Path tracefs) {
    this.tracefs = requireNonNull(tracefs, "tracefs");
    return this;
  }

  /**
   * Sets the name of the trace instance. It applies to ftrace only. Default: {@code
   * user_events_BOOT_NAMESPACE_PID_NUMBER}. If a process was killed, a later listener removes its
   * instance only if the instance has a default name.
   *
   * @param instanceName name of the instance
   * @return this builder
   * @throws IllegalArgumentException if it is not 1 to 200 letters, digits, underscores, dashes
   *     and, except for the first character, dots
   */
  public TracepointListenerBuilder setInstanceName(String instanceName) {
    if (!NAME.matcher(requireNonNull(instanceName, "instanceName")).matches()) {
      throw new IllegalArgumentException(
          "instanceName must be 1 to 200 letters, digits, underscores, dashes and, but for the"
              + " first, dots: instanceName="
              + instanceName);
    }
    this.instanceName = instanceName;
    return this;
  }

  /**
   * Sets the memory of the buffers of all CPUs together. The buffers hold the events that arrive
   * while no thread polls. The memory is divided equally among the CPUs; each gets at least 16 KiB.
   *
   * @param totalBufferSizeKb in KiB, 8 to 2,097,152; default {@value
   *     #DEFAULT_TOTAL_BUFFER_SIZE_KB}. The kernel allocates the memory when the listener is
   *     opened.
   * @return this builder
   * @throws IllegalArgumentException if it is not in that range
   */
  public TracepointListenerBuilder setTotalBufferSizeKb(int totalBufferSizeKb) {
    bufferSize = BufferSize.ofMachine(requireSize("totalBufferSizeKb", totalBufferSizeKb));
    return this;
  }

  /**
   * Sets the size of each CPU's buffer, in place of {@link #setTotalBufferSizeKb}. perf rounds it
   * down to a power of two, but not below 16 KiB.
   *
   * @param bufferSizeKb in KiB, 8 to 2,097,152
   * @return this builder
   * @throws IllegalArgumentException if it is not in that range
   */
  public TracepointListenerBuilder setBufferSizeKb(int bufferSizeKb) {
    bufferSize = BufferSize.ofCpu(requireSize("bufferSizeKb", bufferSizeKb));
    return this;
  }

  private static int requireSize(String name, int sizeKb) {
    if (sizeKb < MIN_BUFFER_SIZE_KB || sizeKb > MAX_BUFFER_SIZE_KB) {
      throw new IllegalArgumentException(
          name
              + " must be "
              + MIN_BUFFER_SIZE_KB
              + " to "
              + MAX_BUFFER_SIZE_KB
              + ": "
              + name
              + "="
              + sizeKb);
    }
    return sizeKb;
  }

  /**
   * Sets how many bytes must arrive on a CPU before a waiting perf listener is woken. With a value
   * above the length of an event, writers wake the listener less often, and the listener checks
   * every 100 ms for smaller amounts. ftrace wakes the listener for each event.
   *
   * @param wakeupBytes in bytes, 1 to 1,048,576; default 1, which wakes the listener for each event
   * @return this builder
   * @throws IllegalArgumentException if it is not in that range
   */
  public TracepointListenerBuilder setWakeupBytes(int wakeupBytes) {
    if (wakeupBytes < 1 || wakeupBytes > MAX_WAKEUP_BYTES) {
      throw new IllegalArgumentException(
          "wakeupBytes must be 1 to " + MAX_WAKEUP_BYTES + ": wakeupBytes=" + wakeupBytes);
    }
    this.wakeupBytes = wakeupBytes;
    return this;
  }

  /**
   * Sets whether the listener keeps the newest events until {@link TracepointListener#snapshot}
   * asks for them, like a flight recorder. The kernel overwrites the oldest events, no thread needs
   * to poll, and {@link TracepointListener#poll} is not allowed. Requires perf: {@link Source#AUTO}
   * then means {@link Source#PERF}.
   *
   * @param isSnapshot default false
   * @return this builder
   */
  public TracepointListenerBuilder setSnapshot(boolean isSnapshot) {
    this.isSnapshot = isSnapshot;
    return this;
  }

  /**
   * Sets whether {@link #open} first removes the trace instances that killed listeners of any
   * process have left behind. Applications export to these instances until they are removed. Set
   * false in a program that must not change the machine.
   *
   * @param isRemovingStaleInstances default true
   * @return this builder
   */
  public TracepointListenerBuilder setRemoveStaleInstances(boolean isRemovingStaleInstances) {
    this.isRemovingStaleInstances = isRemovingStaleInstances;
    return this;
  }

  /**
   * Attaches to the tracepoints and returns the listener. Registers tracepoints that no process has
   * registered yet. The listener receives all events that are written from now on, on all CPUs.
   * Before attaching, this method removes the trace instances that killed listeners have left
   * behind ({@link #setRemoveStaleInstances}).
   *
   * @return the attached listener
   * @throws ListenerException if the kernel refuses; nothing is left behind
   * @throws IllegalStateException if the JVM is shutting down, or if snapshots are requested with
   *     ftrace
   */
  public TracepointListener open() throws ListenerException {
    return open(ByteOrder.nativeOrder());
  }

  TracepointListener open(ByteOrder order) throws ListenerException {
    if (!order.equals(ByteOrder.LITTLE_ENDIAN)) {
      throw new ListenerException(
          "cannot listen to "
              + eventNames
              + ": the buffers of the kernel are read on little-endian machines only, such as x86-64"
              + " and aarch64: os.arch="
              + System.getProperty("os.arch"),
          Errno.ENOSYS.number(),
          null);
    }
    if (isSnapshot && source == Source.FTRACE) {
      throw new IllegalStateException("snapshots need perf: source=" + source);
    }
    Syscalls syscalls;
    try {
      syscalls = Syscalls.ofThisMachine();
    } catch (UnsupportedOperationException e) {
      throw new ListenerException(
          "cannot listen to " + eventNames + ": " + e.getMessage(), Errno.ENOSYS.number(), e);
    }
    Path folder = tracefs != null ? tracefs : Tracefs.find().orElse(Tracefs.USUAL);
    if (isRemovingStaleInstances) {
      new InstanceNames(new TracefsFiles(syscalls), folder.resolve("instances")).removeStale();
    }
    if (isSnapshot) {
      return open(syscalls, folder, Source.PERF, "");
    }
    return source == Source.AUTO ? openAny(syscalls, folder) : open(syscalls, folder, source, "");
  }

  private TracepointListener openAny(Syscalls syscalls, Path folder) throws ListenerException {
    ListenerException refusal;
    try {
      return open(syscalls, folder, Source.PERF, "");
    } catch (ListenerException e) {
      refusal = e;
    }
    try {
      return open(
          syscalls, folder, Source.FTRACE, "; perf is not possible: " + refusal.getMessage());
    } catch (ListenerException e) {
      ListenerException both =
          new ListenerException(
              "cannot listen to "
                  + eventNames
                  + " by perf: "
                  + refusal.getMessage()
                  + "; nor by ftrace: "
                  + e.getMessage(),
              e.errno(),
              e);
      both.addSuppressed(refusal);
      throw both;
    }
  }

  private TracepointListener open(Syscalls syscalls, Path folder, Source by, String reason)
      throws ListenerException {
    Wakeup wakeup = Wakeup.open(syscalls);
    TracepointListener listener = null;
    try {
      Shared shared = new Shared(wakeup, new CallLock(wakeup), new Tally());
      Options options = new Options(bufferSize, wakeupBytes, isSnapshot, instanceName);
      Capture capture =
          by == Source.PERF
              ? new PerfCapture(syscalls, folder, eventNames, options, shared)
              : FtraceCapture.create(syscalls, folder, eventNames, options, shared);
      listener = TracepointListener.open(eventNames, capture, shared, isSnapshot);
    } finally {
      if (listener == null) {
        wakeup.release();
      }
    }
    LOGGER.log(
        Level.INFO,
        "listening to {0} by {1}{2}",
        new Object[] {eventNames, listener.description(), reason});
    return listener;
  }
}

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

/** Configures a {@link TracepointListener}. Not thread-safe. */
public final class TracepointListenerBuilder {

  /** Memory for the buffers of all CPUs together in KiB, unless set. */
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

  /** Sets by what to receive. Default: {@link Source#AUTO}. */
  public TracepointListenerBuilder setSource(Source source) {
    this.source = requireNonNull(source, "source");
    return this;
  }

  /** Sets where tracefs is mounted. Default: see {@link Tracefs#find}. */
  public TracepointListenerBuilder setTracefs(Path tracefs) {
    this.tracefs = requireNonNull(tracefs, "tracefs");
    return this;
  }

  /**
   * Sets the name of the trace instance, which ftrace alone has. Default: {@code
   * user_events_BOOT_NAMESPACE_PID_NUMBER}. Instances with default names only are removed by a
   * later listener, if their process was killed.
   *
   * @throws IllegalArgumentException if it is not 1 to 200 letters, digits, underscores, dashes
   *     and, but for the first, dots
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
   * Sets how much memory the buffers of all CPUs take together: how much can come in while nobody
   * polls. It is divided equally among the CPUs, 16 KiB for each at least.
   *
   * @param totalBufferSizeKb in KiB, 8 to 2,097,152; default {@value
   *     #DEFAULT_TOTAL_BUFFER_SIZE_KB}. The kernel allocates it when the listener is opened
   * @throws IllegalArgumentException if it is not in that range
   */
  public TracepointListenerBuilder setTotalBufferSizeKb(int totalBufferSizeKb) {
    bufferSize = BufferSize.ofMachine(requireSize("totalBufferSizeKb", totalBufferSizeKb));
    return this;
  }

  /**
   * Sets the size of the buffer of each CPU, in place of {@link #setTotalBufferSizeKb}. perf takes
   * the power of two below it, 16 KiB at least.
   *
   * @param bufferSizeKb in KiB, 8 to 2,097,152
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
   * Sets how many bytes have to come in on a CPU before a waiting perf listener is woken. With more
   * than an event has, writers wake the listener less often, and the listener looks every 100 ms
   * for events that are fewer. ftrace wakes for each event.
   *
   * @param wakeupBytes 1 to 1,048,576; default 1, so that each event comes at once
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
   * Sets whether the listener keeps the newest events, to be handed out when {@link
   * TracepointListener#snapshot} asks for them, as a flight recorder does. The buffers are written
   * over for ever, nobody has to poll, and {@link TracepointListener#poll} is not possible. Needs
   * perf: {@link Source#AUTO} then means {@link Source#PERF}.
   */
  public TracepointListenerBuilder setSnapshot(boolean isSnapshot) {
    this.isSnapshot = isSnapshot;
    return this;
  }

  /**
   * Sets whether {@link #open} first removes trace instances that killed listeners have left
   * behind, of other processes as well: applications export to them until then. A program that only
   * looks at a machine sets false.
   *
   * @param isRemovingStaleInstances default true
   */
  public TracepointListenerBuilder setRemoveStaleInstances(boolean isRemovingStaleInstances) {
    this.isRemovingStaleInstances = isRemovingStaleInstances;
    return this;
  }

  /**
   * Attaches to the tracepoints, which are registered if nobody has done so yet. Events that are
   * written from now on are received, on all CPUs. Trace instances that killed listeners have left
   * behind are removed first ({@link #setRemoveStaleInstances}).
   *
   * @throws ListenerException if the kernel refuses; nothing is left behind
   * @throws IllegalStateException if the JVM is shutting down, or snapshots are asked for of ftrace
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

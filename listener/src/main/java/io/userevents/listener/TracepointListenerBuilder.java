// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.util.Objects.requireNonNull;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.Tracefs;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Configures a {@link TracepointListener}. Not thread-safe. */
public final class TracepointListenerBuilder {

  /** Size of the ring buffer of each CPU in KiB, unless set. */
  public static final int DEFAULT_BUFFER_SIZE_KB = 4096;

  private static final int MAX_BUFFER_SIZE_KB = 1 << 21;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}");

  private final String eventName;
  private @Nullable Path tracefs;
  private @Nullable String instanceName;
  private int bufferSizeKb = DEFAULT_BUFFER_SIZE_KB;

  TracepointListenerBuilder(String eventName) {
    this.eventName = requireNonNull(eventName, "eventName");
  }

  /** Sets where tracefs is mounted. Default: see {@link Tracefs#find}. */
  public TracepointListenerBuilder setTracefs(Path tracefs) {
    this.tracefs = requireNonNull(tracefs, "tracefs");
    return this;
  }

  /**
   * Sets the name of the trace instance. Default: {@code user_events_PID_NUMBER}. Of default names
   * only does a later listener know that the process is dead, if it could not clean up.
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
   * Sets the size of the ring buffer of each CPU: how much can come in while nobody polls.
   *
   * @param bufferSizeKb in KiB, 8 to 2,097,152; default {@value #DEFAULT_BUFFER_SIZE_KB}. The
   *     kernel allocates it for every CPU of the machine when the listener is opened
   * @throws IllegalArgumentException if it is not in that range
   */
  public TracepointListenerBuilder setBufferSizeKb(int bufferSizeKb) {
    if (bufferSizeKb < 8 || bufferSizeKb > MAX_BUFFER_SIZE_KB) {
      throw new IllegalArgumentException(
          "bufferSizeKb must be 8 to " + MAX_BUFFER_SIZE_KB + ": bufferSizeKb=" + bufferSizeKb);
    }
    this.bufferSizeKb = bufferSizeKb;
    return this;
  }

  /**
   * Attaches to the tracepoint, which is registered if nobody has done so yet. Events that are
   * written from now on are received. Instances of dead processes are removed first.
   *
   * @throws ListenerException if the kernel refuses; nothing is left behind
   * @throws IllegalArgumentException if the event's name is none
   * @throws IllegalStateException if the JVM is shutting down
   */
  public TracepointListener open() throws ListenerException {
    Syscalls syscalls;
    try {
      syscalls = Syscalls.ofThisMachine();
    } catch (UnsupportedOperationException e) {
      throw new ListenerException(
          "cannot listen to tracepoint " + eventName + ": " + e.getMessage(),
          Errno.ENOSYS.number(),
          e);
    }
    Path folder = tracefs != null ? tracefs : Tracefs.find().orElse(Tracefs.USUAL);
    return TracepointListener.open(syscalls, folder, eventName, instanceName, bufferSizeKb);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static java.util.Objects.requireNonNull;

import io.userevents.internal.syscall.Errno;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A tracepoint that hands events to a listener within this process, for machines without
 * user_events. Registration always succeeds, and the tracepoint is enabled while a listener is
 * attached to it. Any thread may attach and detach the listener.
 *
 * @since 0.1.0
 */
public final class LoopbackTracepoint implements Tracepoint {

  private final String eventName;
  private volatile @Nullable Consumer<byte[]> listener;

  /**
   * Creates a tracepoint without a listener.
   *
   * @param eventName name of the event, a C identifier
   * @throws IllegalArgumentException if the name is not a C identifier
   */
  public LoopbackTracepoint(String eventName) {
    this.eventName = EventLayout.requireValidName(requireNonNull(eventName, "eventName"));
  }

  /**
   * Attaches a listener. It replaces the one before.
   *
   * @param listener receives the buffer of each event, in a new array, on the thread that writes
   */
  public void attach(Consumer<byte[]> listener) {
    this.listener = requireNonNull(listener, "listener");
  }

  /** Detaches the listener. */
  public void detach() {
    listener = null;
  }

  @Override
  public String eventName() {
    return eventName;
  }

  @Override
  public String register() {
    return "loopback";
  }

  @Override
  public boolean isEnabled() {
    return listener != null;
  }

  @Override
  public int write(EventVector event) {
    Consumer<byte[]> attached = listener;
    if (attached == null) {
      return -Errno.EBADF.number();
    }
    byte[] copy = new byte[event.length()];
    event.copyTo(new UnsafeBuffer(copy), 0);
    attached.accept(copy);
    return 0;
  }

  @Override
  public void close() {
    detach();
  }
}

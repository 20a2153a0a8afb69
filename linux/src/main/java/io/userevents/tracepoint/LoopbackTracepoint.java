// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static java.util.Objects.requireNonNull;

import io.userevents.internal.syscall.Errno;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Hands events to a listener within this process, for machines without user_events. It is
 * registered at once, and enabled while a listener is attached to it.
 */
public final class LoopbackTracepoint implements Tracepoint {

  private final String eventName;
  private volatile @Nullable Consumer<byte[]> listener;

  /** Makes a tracepoint that nobody listens to. */
  public LoopbackTracepoint(String eventName) {
    this.eventName = EventLayout.requireValidName(requireNonNull(eventName, "eventName"));
  }

  /**
   * Attaches the one listener, in place of the one before.
   *
   * @param listener gets the buffer of each event, in a new array, on the thread that writes
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

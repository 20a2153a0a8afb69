// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import io.userevents.listener.ListenerException;
import io.userevents.listener.TracepointListener;
import io.userevents.listener.TracepointListenerBuilder;

/** Opens captures. */
public final class Captures {

  /** Asks for the library's size of buffers. */
  public static final int DEFAULT_BUFFER_KB = 0;

  private Captures() {}

  /**
   * Attaches to the event, which may not exist yet.
   *
   * @param bufferKb of the kernel's buffer of each CPU, in KiB; or {@link #DEFAULT_BUFFER_KB}
   * @throws ListenerException if the kernel refuses
   */
  public static Capture open(String eventName, int bufferKb) throws ListenerException {
    TracepointListenerBuilder builder = TracepointListener.builder(eventName);
    if (bufferKb != DEFAULT_BUFFER_KB) {
      builder.setBufferSizeKb(bufferKb);
    }
    return new ListenerCapture(builder.open());
  }

  /** Memory that the kernel takes for one with default buffers, in bytes. */
  public static long defaultMemory(int cpus) {
    return 1024L * TracepointListenerBuilder.DEFAULT_BUFFER_SIZE_KB * cpus;
  }
}

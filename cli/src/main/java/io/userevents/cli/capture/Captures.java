// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import io.userevents.listener.ListenerException;
import io.userevents.listener.Source;
import io.userevents.listener.TracepointListener;
import io.userevents.listener.TracepointListenerBuilder;
import java.util.List;

/** Opens captures. */
public final class Captures {

  /** Selects the library's default size of buffers. */
  public static final int DEFAULT_BUFFER_KB = 0;

  /** The size of each CPU's buffer for an attempt. */
  private static final int TRIAL_BUFFER_KB = 64;

  /** The smallest size that the library gives a CPU. */
  private static final int MIN_CPU_KB = 16;

  private Captures() {}

  /**
   * Attaches to the event, which may not exist yet.
   *
   * @param bufferKb of the kernel's buffer of each CPU, in KiB; or {@link #DEFAULT_BUFFER_KB}
   * @throws ListenerException if the kernel refuses
   */
  public static Capture open(String eventName, Facility facility, int bufferKb)
      throws ListenerException {
    return new ListenerCapture(openSamples(List.of(eventName), facility, bufferKb));
  }

  /** Does the same as {@link #open}, for several events. */
  public static SampleCapture openSamples(List<String> eventNames, Facility facility, int bufferKb)
      throws ListenerException {
    TracepointListenerBuilder builder = builder(eventNames, facility);
    if (bufferKb != DEFAULT_BUFFER_KB) {
      builder.setBufferSizeKb(bufferKb);
    }
    return new ListenerSampleCapture(builder.open());
  }

  /**
   * Attaches only to find out whether it is possible. Uses small buffers, and does not remove
   * ftrace instances that killed listeners have left behind.
   */
  public static Capture tryToOpen(String eventName, Facility facility) throws ListenerException {
    TracepointListenerBuilder builder =
        builder(List.of(eventName), facility)
            .setBufferSizeKb(TRIAL_BUFFER_KB)
            .setRemoveStaleInstances(false);
    return new ListenerCapture(new ListenerSampleCapture(builder.open()));
  }

  private static TracepointListenerBuilder builder(List<String> eventNames, Facility facility) {
    return TracepointListener.builder(eventNames.toArray(String[]::new))
        .setSource(
            switch (facility) {
              case AUTO -> Source.AUTO;
              case PERF -> Source.PERF;
              case FTRACE -> Source.FTRACE;
            });
  }

  /** Returns the memory that the kernel takes for a capture with default buffers, in bytes. */
  public static long defaultMemory(int cpus) {
    long perCpuKb =
        Math.max(MIN_CPU_KB, TracepointListenerBuilder.DEFAULT_TOTAL_BUFFER_SIZE_KB / cpus);
    return 1024 * perCpuKb * cpus;
  }
}

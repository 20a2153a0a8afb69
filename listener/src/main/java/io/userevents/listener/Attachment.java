// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Syscalls;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventFormat;
import io.userevents.listener.internal.PageLayout;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a listener has in ftrace: registrations of the events, a trace instance that has the events
 * enabled, and the open files of its buffers.
 *
 * <p>Not thread-safe: the lock of calls guards it.
 */
final class Attachment {

  private static final Logger LOGGER = Logger.getLogger(Attachment.class.getName());

  private final Syscalls syscalls;
  private final Wakeup wakeup;
  private final List<? extends Tracepoint> registrations;
  private final TraceInstance instance;
  private final MonotonicCounts counts = new MonotonicCounts();
  private final Steps closing;

  private @Nullable CpuBuffers buffers;
  private int bufferKb;
  private List<EventFormat> formats = List.of();
  private boolean isEnabled;
  private boolean isClosed;
  private volatile KernelStatistics finalStatistics = KernelStatistics.NONE;

  Attachment(
      Syscalls syscalls,
      Wakeup wakeup,
      List<? extends Tracepoint> registrations,
      TraceInstance instance) {
    this.syscalls = syscalls;
    this.wakeup = wakeup;
    this.registrations = List.copyOf(registrations);
    this.instance = instance;
    closing =
        new Steps(
            List.of(
                this::disableToClose,
                this::keepStatistics,
                this::closeBuffers,
                this::removeInstance,
                this::unregister));
  }

  /** Makes everything ready and enables the events. After a failure, {@link #close} is due. */
  PageReader open(BufferSize bufferSize, Tally tally) throws ListenerException {
    bufferKb = instance.configure(bufferSize);
    for (Tracepoint registration : registrations) {
      register(registration);
    }
    PageLayout layout = instance.pageLayout();
    formats = instance.formats();
    EventDecoder decoder = new EventDecoder(formats);
    buffers = CpuBuffers.open(syscalls, wakeup, instance, layout.length());
    isEnabled = true;
    instance.enable();
    return new PageReader(layout, decoder, tally);
  }

  /**
   * Always, also if an exporter has registered the event: if the last one ended after we have
   * detached, the event would go, and the kernel empties the buffers of instances that had it
   * enabled as soon as any other dynamic event is removed (clear_trace in kernel/trace/trace.c,
   * measured on 6.12).
   */
  private void register(Tracepoint registration) throws ListenerException {
    try {
      registration.register();
    } catch (RegistrationException e) {
      String eventName = registration.eventName();
      if (!instance.hasEvent(eventName)) {
        throw new ListenerException(
            "cannot listen to " + eventName + ": " + e.getMessage(), e.errno(), e);
      }
      LOGGER.log(Level.FINE, e, () -> "listening to an event that only others hold: " + eventName);
    }
  }

  /** The buffers, once they are opened; their memory is the listener's to free. */
  @Nullable CpuBuffers buffers() {
    return buffers;
  }

  /** The layouts of the events; none before {@link #open}. */
  List<EventFormat> formats() {
    return formats;
  }

  /** KiB of each CPU's buffer. */
  int bufferKb() {
    return bufferKb;
  }

  /**
   * Takes note of the kernel's counters and, if wanted, sets again what others have changed.
   *
   * @param isRestoring whether to set it again: {@link Switches#restore}
   * @return whether the listener did not record for a while, or somebody has emptied its buffers
   */
  boolean look(boolean isRestoring) throws ListenerException {
    count();
    boolean isChanged = false;
    if (isRestoring) {
      isChanged = instance.restore();
    }
    if (isChanged) {
      // The clock may have been among it: setting that empties the buffers.
      count();
    }
    return counts.pollEmptied() || isChanged;
  }

  private void count() throws ListenerException {
    CpuBuffers files = buffers;
    if (files != null) {
      for (int cpu : files.cpus()) {
        counts.set(cpu, instance.statistics(cpu));
      }
    }
  }

  void disable() throws ListenerException {
    instance.disable();
    isEnabled = false;
  }

  /** What the kernel has counted; after closing, what it had counted then. */
  KernelStatistics statistics() throws ListenerException {
    if (isClosed) {
      return finalStatistics;
    }
    count();
    return counts.sum();
  }

  /** What the kernel had counted when this was closed; nothing before. */
  KernelStatistics finalStatistics() {
    return finalStatistics;
  }

  /** See {@link Capture#close}. */
  boolean close() {
    isClosed = true;
    return closing.run();
  }

  private boolean disableToClose() {
    if (isEnabled) {
      try {
        disable();
      } catch (ListenerException e) {
        // Removing the instance disables the event as well.
        LOGGER.log(Level.FINE, e, () -> "cannot disable " + instance.folder());
      }
    }
    return true;
  }

  private boolean keepStatistics() {
    try {
      count();
    } catch (ListenerException e) {
      LOGGER.log(Level.FINE, e, () -> "cannot finish " + instance.folder());
    }
    finalStatistics = counts.sum();
    return true;
  }

  private boolean closeBuffers() {
    if (buffers != null) {
      buffers.close();
    }
    return true;
  }

  private boolean removeInstance() {
    try {
      instance.remove();
    } catch (ListenerException e) {
      LOGGER.log(
          Level.WARNING,
          "cannot remove trace instance {0}: {1}; its event is still enabled or its buffers still"
              + " take up memory: end what has its files open, then close the listener again or"
              + " rmdir the instance",
          new Object[] {instance.folder(), e.getMessage()});
      return false;
    }
    InstanceNames.removed(instance.folder());
    return true;
  }

  /** Last: they keep the events alive while the instance has them. */
  private boolean unregister() {
    Steps steps =
        new Steps(
            registrations.stream()
                .<BooleanSupplier>map(
                    registration ->
                        () -> {
                          registration.close();
                          return true;
                        })
                .toList());
    return steps.run();
  }
}

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
 * The ftrace resources of a listener: the registrations of its events, a trace instance in which
 * these events are enabled, and the open files of the instance's buffers.
 *
 * <p>Not thread-safe. The caller holds the lock of calls.
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

  /**
   * Prepares the instance and its buffers, then enables the events. After a failure, the caller
   * must call {@link #close}.
   */
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
   * Registers the event even if an exporter has registered it already. Otherwise the event would
   * disappear if the last exporter ended after this listener had detached. The kernel then empties
   * the buffers of all instances that had the event enabled as soon as any other dynamic event is
   * removed (clear_trace in kernel/trace/trace.c, measured on 6.12).
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
      LOGGER.log(
          Level.FINE,
          e,
          () -> "listening to an event that only other processes have registered: " + eventName);
    }
  }

  /** Returns the buffers, or null before they are opened. The listener frees their memory. */
  @Nullable CpuBuffers buffers() {
    return buffers;
  }

  /** Returns the layouts of the events. The list is empty before {@link #open}. */
  List<EventFormat> formats() {
    return formats;
  }

  /** Returns the size of each CPU's buffer in KiB. */
  int bufferKb() {
    return bufferKb;
  }

  /**
   * Reads the kernel's counters and, on request, restores the settings that other processes have
   * changed.
   *
   * @param isRestoring whether to restore the settings, see {@link Switches#restore}
   * @return whether recording was interrupted, or another process has emptied the buffers
   */
  boolean look(boolean isRestoring) throws ListenerException {
    count();
    boolean isChanged = false;
    if (isRestoring) {
      isChanged = instance.restore();
    }
    if (isChanged) {
      // The clock may be among the restored settings. Setting the clock empties the buffers.
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

  /** Returns the kernel's counters. After closing, returns their values at the time of closing. */
  KernelStatistics statistics() throws ListenerException {
    if (isClosed) {
      return finalStatistics;
    }
    count();
    return counts.sum();
  }

  /** The kernel's counters at the time of closing; empty before. */
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
          "cannot remove trace instance {0}: {1}; its event is still enabled, or its buffers still"
              + " take up memory; end the process that has its files open, then close the listener"
              + " again or rmdir the instance",
          new Object[] {instance.folder(), e.getMessage()});
      return false;
    }
    InstanceNames.removed(instance.folder());
    return true;
  }

  /**
   * Closes the registrations. This step comes last because they keep the events alive while the
   * instance uses them.
   */
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

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a listener has in the kernel: a registration of the event, a trace instance that has the
 * event enabled, and the open files of its buffers.
 *
 * <p>Not thread-safe, but for {@link #finalStatistics}: the listener's lock guards it.
 */
final class Attachment {

  private static final Logger LOGGER = Logger.getLogger(Attachment.class.getName());

  private final Syscalls syscalls;
  private final Tracepoint registration;
  private final TraceInstance instance;

  /** What close has yet to do, in this order; each returns whether it is done. */
  private final List<BooleanSupplier> stepsToClose =
      new ArrayList<>(
          List.of(
              this::disableToClose,
              this::keepStatistics,
              this::closeBuffers,
              this::removeInstance,
              this::unregister));

  private @Nullable CpuBuffers buffers;
  private boolean isEnabled;
  private boolean isClosed;
  private volatile KernelStatistics finalStatistics = KernelStatistics.NONE;

  Attachment(Syscalls syscalls, Tracepoint registration, TraceInstance instance) {
    this.syscalls = syscalls;
    this.registration = registration;
    this.instance = instance;
  }

  /** Makes everything ready and enables the event. After a failure, {@link #close} is due. */
  PageReader open(int bufferSizeKb, Tally tally) throws ListenerException {
    instance.configure(bufferSizeKb);
    register();
    PageLayout layout = instance.pageLayout();
    EventFormat format = instance.format();
    buffers = CpuBuffers.open(syscalls, instance, layout.length());
    PageReader reader = new PageReader(registration.eventName(), layout, format, tally);
    isEnabled = true;
    instance.enable();
    return reader;
  }

  /**
   * Always, also if an exporter has registered the event: if the last one ended after we have
   * detached, the event would go, and the kernel empties the buffers of instances that had it
   * enabled as soon as any other dynamic event is removed (clear_trace in kernel/trace/trace.c,
   * measured on 6.12).
   */
  private void register() throws ListenerException {
    try {
      registration.register();
    } catch (RegistrationException e) {
      String eventName = registration.eventName();
      if (!instance.hasEvent()) {
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

  void disable() throws ListenerException {
    instance.disable();
    isEnabled = false;
  }

  /** What the kernel has counted; after closing, what it had counted then. */
  KernelStatistics statistics() throws ListenerException {
    CpuBuffers files = buffers;
    return isClosed || files == null ? finalStatistics : instance.statistics(files.cpus());
  }

  /** By any thread: what the kernel had counted when this was closed; nothing before. */
  KernelStatistics finalStatistics() {
    return finalStatistics;
  }

  /**
   * Gives everything back. A step that fails keeps none of the others from being done, and is tried
   * again by the next call. What the kernel refuses is logged.
   *
   * @return whether all is done
   * @throws RuntimeException like any Error, if a step throws it: the first, with the others as
   *     suppressed ones, when all steps have been tried
   */
  boolean close() {
    isClosed = true;
    Throwable failure = null;
    Iterator<BooleanSupplier> steps = stepsToClose.iterator();
    while (steps.hasNext()) {
      try {
        if (steps.next().getAsBoolean()) {
          steps.remove();
        }
      } catch (RuntimeException | Error e) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    return stepsToClose.isEmpty();
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
    CpuBuffers files = buffers;
    if (files != null) {
      try {
        finalStatistics = instance.statistics(files.cpus());
      } catch (ListenerException e) {
        LOGGER.log(Level.FINE, e, () -> "cannot finish " + instance.folder());
      }
    }
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

  /** Last: it keeps the event alive while the instance has it. */
  private boolean unregister() {
    registration.close();
    return true;
  }
}

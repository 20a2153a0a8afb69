// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Errno;
import io.userevents.listener.internal.EventFormat;
import io.userevents.listener.internal.LayoutException;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.RegistrationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds tracepoints that no process has registered until perf has opened them. From then on perf
 * holds them ({@code trace_event_try_get_ref} in {@code kernel/trace/trace_event_perf.c}, Linux
 * 6.12).
 *
 * <p>One thread must call all methods from {@link #hold} to {@link #release}, because a
 * registration is bound to its thread.
 */
final class PerfEvents {

  private final TracefsFiles files;
  private final Path tracefs;
  private final List<KernelTracepoint> registered = new ArrayList<>();

  PerfEvents(TracefsFiles files, Path tracefs) {
    this.files = files;
    this.tracefs = tracefs;
  }

  /** Registers the tracepoints and reads their layouts. */
  List<EventFormat> hold(List<String> eventNames) throws ListenerException {
    List<EventFormat> formats = new ArrayList<>();
    boolean isComplete = false;
    try {
      for (String name : eventNames) {
        RegistrationException failure = register(name);
        formats.add(read(name, failure));
      }
      isComplete = true;
      return formats;
    } finally {
      if (!isComplete) {
        release();
      }
    }
  }

  /**
   * Registers the event in any case, so that it exists from the reading of its layout until perf
   * opens it.
   *
   * @return the reason why it cannot be registered; null if it is registered
   */
  private @Nullable RegistrationException register(String name) {
    KernelTracepoint tracepoint = new KernelTracepoint(name, tracefs);
    try {
      tracepoint.register();
      registered.add(tracepoint);
      return null;
    } catch (RegistrationException e) {
      // An exporter may hold the event. Reading needs no right to write.
      return e;
    }
  }

  private EventFormat read(String name, @Nullable RegistrationException failure)
      throws ListenerException {
    Path event = tracefs.resolve("events/user_events").resolve(name);
    try {
      return EventFormat.parse(name, files.read(event.resolve("format")));
    } catch (LayoutException e) {
      throw ListenerException.of(e);
    } catch (ListenerException e) {
      if (failure == null || e.errno() != Errno.ENOENT.number()) {
        throw e;
      }
      throw new ListenerException(
          "cannot listen to "
              + name
              + ", which no exporter has registered yet: "
              + failure.getMessage(),
          failure.errno(),
          failure);
    }
  }

  void release() {
    registered.forEach(KernelTracepoint::close);
    registered.clear();
  }
}

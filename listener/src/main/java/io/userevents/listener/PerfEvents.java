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
 * Holds tracepoints that nobody has registered yet until perf has opened them; then perf holds them
 * ({@code trace_event_try_get_ref} in {@code kernel/trace/trace_event_perf.c}, Linux 6.12).
 *
 * <p>Used by one thread from {@link #hold} to {@link #release}, as a registration is bound to it.
 */
final class PerfEvents {

  private final TracefsFiles files;
  private final Path tracefs;
  private final List<KernelTracepoint> registered = new ArrayList<>();

  PerfEvents(TracefsFiles files, Path tracefs) {
    this.files = files;
    this.tracefs = tracefs;
  }

  /** Reads the layouts of the tracepoints, and registers those that are not there. */
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
   * Always, so that the event stays from when its layout is read until perf opens it.
   *
   * @return why it cannot be registered; null if it is
   */
  private @Nullable RegistrationException register(String name) {
    KernelTracepoint tracepoint = new KernelTracepoint(name, tracefs);
    try {
      tracepoint.register();
      registered.add(tracepoint);
      return null;
    } catch (RegistrationException e) {
      // An exporter may hold the event: to read, no right to write is needed.
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

// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The kernel's tracepoint, with independent counts of the writes, so that a test need not trust the
 * exporter's counts.
 *
 * <p>The kernel reports success for an event without recording it if the write coincides with a
 * change of the event's state: its tracepoint is called as soon as the enable word is set, but
 * records only once a flag is set after that, and the flag goes first when the event is disabled
 * ({@code user_event_ftrace()} in kernel/trace/trace_events_user.c and {@code
 * __ftrace_event_enable_disable()} in kernel/trace/trace_events.c, Linux 6.12). Only writes that do
 * not overlap with a change are therefore certain to be recorded.
 */
final class ObservedTracepoint implements Tracepoint {

  private final KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT);
  private final AtomicInteger writes = new AtomicInteger();
  private final AtomicInteger successes = new AtomicInteger();
  private final AtomicInteger certain = new AtomicInteger();

  /** A count that is odd during a change. */
  private final AtomicInteger changes = new AtomicInteger();

  /** Attaches or detaches ftrace's own buffer, see {@link Tracing#enable}. */
  void enable(boolean enabled) throws IOException {
    changes.incrementAndGet();
    Tracing.enable(enabled);
    changes.incrementAndGet();
  }

  int writes() {
    return writes.get();
  }

  int successes() {
    return successes.get();
  }

  /** Successful writes that overlapped with no change. */
  int certain() {
    return certain.get();
  }

  @Override
  public String eventName() {
    return tracepoint.eventName();
  }

  @Override
  public String register() throws RegistrationException {
    return tracepoint.register();
  }

  @Override
  public boolean isEnabled() {
    return tracepoint.isEnabled();
  }

  @Override
  public boolean isRecording() {
    return tracepoint.isRecording();
  }

  @Override
  public int write(EventVector event) {
    writes.incrementAndGet();
    int change = changes.get();
    int result = tracepoint.write(event);
    if (result == 0) {
      successes.incrementAndGet();
      boolean isUndisturbed = change % 2 == 0 && changes.get() == change;
      certain.addAndGet(isUndisturbed ? 1 : 0);
    }
    return result;
  }

  @Override
  public void close() {
    tracepoint.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Registers and closes a tracepoint on a dedicated daemon thread that lives as long as the
 * registration.
 *
 * <p>A registration belongs to the thread that made it and to the threads that this thread starts
 * later. The kernel drops the registration when these threads have ended, and refuses to unregister
 * it for any other thread ({@code current->user_event_mm} in kernel/trace/trace_events_user.c,
 * Linux 6.12). A listener may be opened by a thread that ends soon, and any thread may close it,
 * also that of the shutdown hook.
 */
final class OwnThreadTracepoint implements Tracepoint {

  private final Tracepoint tracepoint;
  private final ExecutorService thread;

  OwnThreadTracepoint(Tracepoint tracepoint) {
    this.tracepoint = tracepoint;
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread registrar = new Thread(task, "user-events-registrar");
              registrar.setDaemon(true);
              registrar.setContextClassLoader(null);
              return registrar;
            });
  }

  @Override
  public String eventName() {
    return tracepoint.eventName();
  }

  @Override
  public String register() throws RegistrationException {
    try {
      return onOwnThread(tracepoint::register);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RegistrationException cause) {
        throw cause;
      }
      throw unexpected(e);
    }
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
  public boolean isRegistered() {
    return tracepoint.isRegistered();
  }

  @Override
  public int write(EventVector event) {
    return tracepoint.write(event);
  }

  @Override
  public void close() {
    if (thread.isShutdown()) {
      return;
    }
    try {
      onOwnThread(
          () -> {
            tracepoint.close();
            return tracepoint;
          });
    } catch (ExecutionException e) {
      // The thread stays alive so that closing can be tried again.
      throw unexpected(e);
    }
    thread.shutdown();
  }

  /**
   * Waits for the result. An interrupt does not end the wait; the interrupt status of the calling
   * thread is restored afterwards.
   */
  private <T> T onOwnThread(Callable<T> task) throws ExecutionException {
    Future<T> result = thread.submit(task);
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException unexpected(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
  }
}

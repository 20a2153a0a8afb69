// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

/**
 * A tracepoint that events are written to. It is the kernel's, or a stand-in with the same
 * contract.
 *
 * <p>One thread, the consumer's, calls {@link #register}, {@link #isRecording}, {@link
 * #isRegistered}, {@link #write} and {@link #close}. Any thread may call {@link #isEnabled} at any
 * time, also before registration and after closing.
 *
 * @since 0.1.0
 */
public interface Tracepoint {

  /** {@return the name of the event, for example {@code otlp_metrics}} */
  String eventName();

  /**
   * Registers the tracepoint, so that listeners can attach to it.
   *
   * @return where it was registered, for a log line
   * @throws RegistrationException if it cannot be registered; the caller may try again later
   */
  String register() throws RegistrationException;

  /**
   * {@return whether a listener is attached} The call is one load from memory; it never blocks and
   * never fails.
   */
  boolean isEnabled();

  /**
   * Returns whether a listener records the events that are written now. Listeners attach before
   * they record; with perf, tens of milliseconds pass between the two. Events written in between
   * are lost, although the write succeeds. The method may make a system call. The pipeline calls it
   * repeatedly while a listener is attached and the answer is needed.
   *
   * @return whether a listener records; the default implementation returns whether one is attached
   */
  default boolean isRecording() {
    return isEnabled();
  }

  /**
   * Writes one event for the listeners.
   *
   * @param event the event
   * @return 0, or a negated errno (see {@link TracepointErrors}). {@code EBADF} means that no
   *     listener is attached. {@code ENOENT} means that the registration is lost; the pipeline then
   *     calls {@link #close} and {@link #register}
   */
  int write(EventVector event);

  /**
   * Returns whether the registration still holds, as far as this process can tell. A registration
   * can be lost although no call fails: other code closes the descriptor, or the process is
   * restored from a checkpoint. Between {@link #register} and {@link #close}, the thread that calls
   * these calls this method every 10 s, whether a listener is attached or not. The method may make
   * system calls and must not disturb listeners.
   *
   * @return false if the registration is lost; the pipeline then calls {@link #close} and {@link
   *     #register}. The default implementation returns true
   */
  default boolean isRegistered() {
    return true;
  }

  /** Unregisters the tracepoint. It can be registered again. A second call does nothing. */
  void close();
}

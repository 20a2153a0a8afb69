// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

/**
 * Takes events: it is the kernel's tracepoint or a stand-in with the same contract.
 *
 * <p>{@link #register}, {@link #isRecording}, {@link #isRegistered}, {@link #write} and {@link
 * #close} are called by one thread, the consumer's. {@link #isEnabled} may be called by any thread
 * at any time, also before registration and after closing.
 */
public interface Tracepoint {

  /** Name of the event, e.g. {@code otlp_metrics}. */
  String eventName();

  /**
   * Makes the tracepoint known, so that listeners can attach.
   *
   * @return where it was registered, for a log line
   * @throws RegistrationException if it could not be; calling again later is allowed
   */
  String register() throws RegistrationException;

  /** Whether a listener is attached. One load from memory; never blocks, never fails. */
  boolean isEnabled();

  /**
   * Whether a listener records what is written now. Listeners attach before they record, perf by
   * tens of milliseconds; what is written in between is lost, although the write succeeds. May make
   * a system call. Called again and again while a listener is attached, if somebody wants to know.
   *
   * @return unless it is overridden, whether a listener is attached
   */
  default boolean isRecording() {
    return isEnabled();
  }

  /**
   * Hands one event to the listeners.
   *
   * @return 0, or a negated errno, see {@link TracepointErrors}: {@code EBADF} means that no
   *     listener is attached, {@code ENOENT} that the registration is lost, upon which {@link
   *     #close} and {@link #register} are called
   */
  int write(EventVector event);

  /**
   * Whether the registration still holds, as far as can be told. It can be lost without any call
   * that fails: other code closes the descriptor, or the process is restored from a checkpoint.
   * Called between {@link #register} and {@link #close} every 10 s by the thread that calls these,
   * whether a listener is attached or not; may make system calls, and must not disturb listeners.
   *
   * @return false if the registration is lost, upon which {@link #close} and {@link #register} are
   *     called; unless it is overridden, true
   */
  default boolean isRegistered() {
    return true;
  }

  /** Takes the tracepoint back, until it is registered again. A second call does nothing. */
  void close();
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * An exception that is thrown when a pipeline cannot be built in this JVM. A library is missing or
 * has an unsuitable version, a flag of the JVM forbids an operation of a library, or there is not
 * enough memory for the ring. The message names the library, the version found, the version needed,
 * and the remedy. The cause is the error that the JVM threw.
 *
 * @since 0.1.0
 */
public final class PipelineUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  PipelineUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

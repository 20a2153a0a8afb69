// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Thrown when a pipeline cannot be built in this JVM. A library is missing or of a version that
 * does not fit, a flag of the JVM forbids what a library does, or there is not enough memory for
 * the ring. The message names the library, the version found and needed, and the remedy; the cause
 * is the error as the JVM threw it.
 */
public final class PipelineUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  PipelineUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

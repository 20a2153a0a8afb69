// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a setting of an endpoint cannot be used. The message names the setting, its value and
 * the allowed values. It never contains the value of a header, a password or a key.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class EndpointException extends IOException {

  private static final long serialVersionUID = 1L;

  EndpointException(String message) {
    super(message);
  }

  EndpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

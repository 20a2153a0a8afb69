// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A setting of an endpoint cannot be used. The message names the setting, its value and the values
 * that are allowed. It never holds the value of a header, a password or a key.
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

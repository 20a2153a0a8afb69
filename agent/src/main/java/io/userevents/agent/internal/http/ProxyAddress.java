// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

/** An HTTP proxy, and the variable that named it, for messages. */
record ProxyAddress(String variable, String host, int port) {

  @Override
  public String toString() {
    return host + ":" + port + " (" + variable + ")";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

/** How the body of a request is compressed. */
public enum Compression {
  /** Bodies are sent as they are. */
  NONE,
  /** Bodies are compressed by gzip, which each OTLP/HTTP endpoint has to understand. */
  GZIP
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

/**
 * The compression of the body of a request.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public enum Compression {
  /** Bodies are not compressed. */
  NONE,
  /** Bodies are compressed with gzip, which every OTLP/HTTP endpoint must support. */
  GZIP
}

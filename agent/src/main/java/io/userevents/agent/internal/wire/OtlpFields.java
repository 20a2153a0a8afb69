// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

/**
 * Numbers of the fields that the agent reads. Source: opentelemetry-proto 1.11, {@code
 * metrics_service.proto}, {@code metrics.proto}, {@code resource.proto}, {@code common.proto}.
 */
final class OtlpFields {

  static final int REQUEST_RESOURCE_METRICS = 1;
  static final int RESOURCE_METRICS_RESOURCE = 1;
  static final int RESOURCE_METRICS_SCOPE_METRICS = 2;
  static final int SCOPE_METRICS_METRICS = 2;
  static final int METRIC_NAME = 1;
  static final int RESOURCE_ATTRIBUTES = 1;
  static final int KEY_VALUE_KEY = 1;
  static final int KEY_VALUE_VALUE = 2;
  static final int ANY_VALUE_STRING = 1;
  static final int ANY_VALUE_INT = 3;

  private static final int LENGTH_DELIMITED = 2;
  private static final int WIRE_TYPE_BITS = 3;

  private OtlpFields() {}

  /** Returns the tag of a message, string or bytes. All tags that are used here take one byte. */
  static byte tag(int number) {
    return (byte) (number << WIRE_TYPE_BITS | LENGTH_DELIMITED);
  }

  /** Returns the tag of an integer. */
  static byte varintTag(int number) {
    return (byte) (number << WIRE_TYPE_BITS);
  }
}

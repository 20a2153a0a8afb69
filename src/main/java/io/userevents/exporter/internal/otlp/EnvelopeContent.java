// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

/**
 * The fields of a message around points, laid out so that they can be cut before they are written.
 */
interface EnvelopeContent {

  /** Writes the fields behind the repeated children of the message. */
  void writeSuffix(ProtoWriter writer);

  /** Writes the fields before the repeated children of the message. */
  void writePrefix(ProtoWriter writer);

  /**
   * Cuts the fields until prefix and suffix together are no longer than the budget, or nothing is
   * left.
   *
   * @param budget budget in bytes, less than the present length
   */
  EnvelopeReduction reduceTo(int budget);

  /** Releases the fields. */
  void clear();

  /** Returns the length of prefix and suffix in bytes. */
  static int length(EnvelopeContent content, ProtoWriter measure) {
    measure.reset();
    content.writeSuffix(measure);
    content.writePrefix(measure);
    return measure.length();
  }
}

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
   * Cuts until prefix and suffix together are no longer than the budget, or nothing is left.
   *
   * @param budget in bytes, less than the length that it has
   */
  EnvelopeReduction reduceTo(int budget);

  /** Lets go of what was laid out. */
  void clear();

  /** Length in bytes of prefix and suffix. */
  static int length(EnvelopeContent content, ProtoWriter measure) {
    measure.reset();
    content.writeSuffix(measure);
    content.writePrefix(measure);
    return measure.length();
  }
}

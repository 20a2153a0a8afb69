// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import java.util.List;

/**
 * Says what of a resource, a scope or a metric's header is in no record, or not whole, because it
 * is longer than its budget.
 *
 * @param part what it is
 * @param name of the scope or the metric, the resource's {@code service.name}; may be empty
 * @param budget in bytes, which it was to keep
 * @param cuts in the order in which they were made, at least one
 */
public record EnvelopeReduction(Part part, String name, int budget, List<Cut> cuts) {

  /** Parts of a record that are around its points. */
  public enum Part {
    RESOURCE,
    SCOPE,
    METRIC
  }

  /**
   * One field or attribute that is not whole.
   *
   * @param field its name: that of an attribute; or schema_url, version, description, unit, name
   * @param length of the whole in bytes, as it would be encoded; {@link Integer#MAX_VALUE} if more
   *     than 16 MiB or nested more deeply than protobuf decoders accept
   * @param keptLength of what is in the records, in bytes; 0 if it was left out
   */
  public record Cut(String field, int length, int keptLength) {}

  public EnvelopeReduction {
    cuts = List.copyOf(cuts);
  }
}

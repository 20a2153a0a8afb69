// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import java.util.List;

/**
 * Describes the fields of a resource, a scope or a metric's header that are left out or cut,
 * because the whole is longer than its budget.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param part the part of the record
 * @param name name of the scope or the metric, or the resource's {@code service.name}; may be empty
 * @param budget budget of the part in bytes
 * @param cuts the cuts in the order in which they were made, at least one
 */
public record EnvelopeReduction(Part part, String name, int budget, List<Cut> cuts) {

  /** A part of a record around its points. */
  public enum Part {
    /** A resource with its schema URL. */
    RESOURCE,
    /** An instrumentation scope with its schema URL. */
    SCOPE,
    /** The name, description and unit of a metric. */
    METRIC
  }

  /**
   * A field or attribute that is not whole.
   *
   * @param field name of the attribute, or schema_url, version, description, unit, name
   * @param length encoded length of the whole in bytes; {@link Integer#MAX_VALUE} if more than 16
   *     MiB or nested more deeply than protobuf decoders accept
   * @param keptLength length of the part that is in the records, in bytes; 0 if the field was left
   *     out
   */
  public record Cut(String field, int length, int keptLength) {}

  /**
   * Copies the cuts.
   *
   * @param part the part of the record
   * @param name name of the part
   * @param budget budget of the part in bytes
   * @param cuts the cuts
   */
  public EnvelopeReduction {
    cuts = List.copyOf(cuts);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

/**
 * How long records may be, and which share of them what is around the points may take.
 *
 * <p>A record holds several points up to the packed length. A point that is too long for that goes
 * alone, into a record up to the maximum. What is around the points is in each record, so that it
 * has a budget, whatever its attributes: a half of the packed length for a resource with its schema
 * URL, an eighth for a scope with its schema URL, an eighth for name, description and unit of a
 * metric. A quarter is always left for points: 1,012 of 4,048 bytes.
 *
 * @param packedLength limit in bytes of a record of several points, 1 to {@code maxRecordLength}
 * @param maxRecordLength limit in bytes of a record of one point, up to {@link #HIGHEST}
 * @param maxPointsPerRecord 1 or more; 1 gives every point a record of its own, {@link
 *     Integer#MAX_VALUE} packs as many as fit
 */
public record EncoderLimits(int packedLength, int maxRecordLength, int maxPointsPerRecord) {

  /** In bytes. No tracepoint takes as much; it bounds the buffers. */
  public static final int HIGHEST = 1 << 20;

  private static final int RESOURCE_SHARE = 2;
  private static final int SCOPE_SHARE = 8;
  private static final int METRIC_SHARE = 8;

  /**
   * @throws IllegalArgumentException if one of them is out of range
   */
  public EncoderLimits {
    if (maxRecordLength < 1 || maxRecordLength > HIGHEST) {
      throw new IllegalArgumentException(
          "maxRecordLength=" + maxRecordLength + " not in 1.." + HIGHEST);
    }
    if (packedLength < 1 || packedLength > maxRecordLength) {
      throw new IllegalArgumentException(
          "packedLength=" + packedLength + " not in 1..maxRecordLength=" + maxRecordLength);
    }
    if (maxPointsPerRecord < 1) {
      throw new IllegalArgumentException("maxPointsPerRecord=" + maxPointsPerRecord + " below 1");
    }
  }

  /**
   * Returns those of a pipeline.
   *
   * @param maxEventLength limit in bytes of an event of several records, which may be more than
   *     that of a record
   * @throws IllegalArgumentException if one of them is out of range
   */
  public static EncoderLimits of(int maxEventLength, int maxRecordLength, int maxPointsPerRecord) {
    return new EncoderLimits(
        Math.min(maxEventLength, maxRecordLength), maxRecordLength, maxPointsPerRecord);
  }

  /** In bytes, for the attributes, entities and schema URL of a resource. */
  public int resourceBudget() {
    return packedLength / RESOURCE_SHARE;
  }

  /** In bytes, for name, version, attributes and schema URL of a scope. */
  public int scopeBudget() {
    return packedLength / SCOPE_SHARE;
  }

  /** In bytes, for name, description and unit of a metric. */
  public int metricBudget() {
    return packedLength / METRIC_SHARE;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

/**
 * Limits of the length of records, and of the shares that the parts around the points may take.
 *
 * <p>A record holds several points up to the packed length. A point that is too long for this goes
 * alone, into a record up to the maximum. The parts around the points are in each record, so they
 * have budgets, independent of their attributes: a half of the packed length for a resource with
 * its schema URL, an eighth for a scope with its schema URL, and an eighth for name, description
 * and unit of a metric. A quarter is always left for points: 1,012 of 4,048 bytes.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param packedLength limit in bytes of a record of several points, 1 to {@code maxRecordLength}
 * @param maxRecordLength limit in bytes of a record of one point, up to {@link #HIGHEST}
 * @param maxPointsPerRecord most points in a record, 1 or more; 1 gives every point its own record,
 *     {@link Integer#MAX_VALUE} packs as many as fit
 */
public record EncoderLimits(int packedLength, int maxRecordLength, int maxPointsPerRecord) {

  /** The highest limit in bytes. No tracepoint takes as much; it bounds the buffers. */
  public static final int HIGHEST = 1 << 20;

  private static final int RESOURCE_SHARE = 2;
  private static final int SCOPE_SHARE = 8;
  private static final int METRIC_SHARE = 8;

  /**
   * Checks the limits.
   *
   * @param packedLength limit in bytes of a record of several points
   * @param maxRecordLength limit in bytes of a record of one point
   * @param maxPointsPerRecord most points in a record
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
   * Returns the limits for a pipeline.
   *
   * @param maxEventLength limit in bytes of an event of several records, which may be more than
   *     that of a record
   * @param maxRecordLength limit in bytes of a record
   * @param maxPointsPerRecord most points in a record
   * @return the limits
   * @throws IllegalArgumentException if one of them is out of range
   */
  public static EncoderLimits of(int maxEventLength, int maxRecordLength, int maxPointsPerRecord) {
    return new EncoderLimits(
        Math.min(maxEventLength, maxRecordLength), maxRecordLength, maxPointsPerRecord);
  }

  /** {@return the budget for the attributes, entities and schema URL of a resource, in bytes} */
  public int resourceBudget() {
    return packedLength / RESOURCE_SHARE;
  }

  /** {@return the budget for name, version, attributes and schema URL of a scope, in bytes} */
  public int scopeBudget() {
    return packedLength / SCOPE_SHARE;
  }

  /** {@return the budget for name, description and unit of a metric, in bytes} */
  public int metricBudget() {
    return packedLength / METRIC_SHARE;
  }
}

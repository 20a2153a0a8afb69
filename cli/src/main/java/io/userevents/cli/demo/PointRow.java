// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

/**
 * One data point, as text.
 *
 * @param metric name of the metric
 * @param type kind of the point, e.g. {@code long counter}
 * @param attributes as {@code key=value}, in their order in the point
 * @param value a number, with its sign if it is a delta, or the sum of a histogram
 * @param unit of the value, may be empty
 */
record PointRow(String metric, String type, String attributes, String value, String unit) {}

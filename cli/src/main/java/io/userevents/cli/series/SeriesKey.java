// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

/**
 * The key that identifies a series. All texts are safe to show.
 *
 * @param pid process that wrote it; 0 if it is unknown
 * @param service {@code service.name} of the resource, may be empty
 * @param instance {@code service.instance.id} of the resource, may be empty
 * @param scope name of the instrumentation scope, may be empty
 * @param metric name of the metric
 * @param attributes as {@code key=value}
 */
public record SeriesKey(
    int pid, String service, String instance, String scope, String metric, String attributes) {}

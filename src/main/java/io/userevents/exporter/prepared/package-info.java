// SPDX-License-Identifier: Apache-2.0
/**
 * Has points that are encoded once and published one measurement at a time, for threads that cannot
 * afford an aggregation or an encoder. The points need only a pipeline, not the exporter.
 */
@NullMarked
package io.userevents.exporter.prepared;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * Points that are encoded once and published one measurement at a time, for threads that cannot
 * afford an aggregation or an encoder. Independent of the exporter: a pipeline is all they need.
 */
@NullMarked
package io.userevents.exporter.prepared;

import org.jspecify.annotations.NullMarked;

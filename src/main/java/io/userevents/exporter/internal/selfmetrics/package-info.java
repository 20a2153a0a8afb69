// SPDX-License-Identifier: Apache-2.0
/**
 * What the exporter measures about itself, through the OpenTelemetry API only. Knows the exporter's
 * pipeline, but not how points are encoded or exported.
 */
@NullMarked
package io.userevents.exporter.internal.selfmetrics;

import org.jspecify.annotations.NullMarked;

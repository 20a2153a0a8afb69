// SPDX-License-Identifier: Apache-2.0
/**
 * Records the exporter's metrics about itself, through the OpenTelemetry API only. The package
 * knows the exporter's pipeline, but not how points are encoded or exported.
 */
@NullMarked
package io.userevents.exporter.internal.selfmetrics;

import org.jspecify.annotations.NullMarked;

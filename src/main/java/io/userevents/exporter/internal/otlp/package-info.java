// SPDX-License-Identifier: Apache-2.0

/**
 * Encodes metrics as OTLP: one {@code ExportMetricsServiceRequest} per record, never longer than a
 * given limit. The package knows nothing of tracepoints, rings or threads, and no code outside the
 * exporter may depend on it.
 */
@NullMarked
package io.userevents.exporter.internal.otlp;

import org.jspecify.annotations.NullMarked;

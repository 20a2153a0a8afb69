// SPDX-License-Identifier: Apache-2.0
/**
 * Has the OpenTelemetry exporter and the reader, which applications configure and register. The
 * package {@code internal.otlp} encodes OTLP, and the pipeline writes the records to the kernel.
 */
@NullMarked
package io.userevents.exporter;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * The OpenTelemetry exporter: what users configure and hand to a metric reader. How OTLP is encoded
 * stands in {@code internal.otlp}, how records reach the kernel in the pipeline.
 */
@NullMarked
package io.userevents.exporter;

import org.jspecify.annotations.NullMarked;

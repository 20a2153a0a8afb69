// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps encoded records in a ring, from which one consumer writes them to a tracepoint. The package
 * knows nothing of OpenTelemetry, and nothing of how a tracepoint is registered with the kernel.
 */
@NullMarked
package io.userevents.pipeline;

import org.jspecify.annotations.NullMarked;

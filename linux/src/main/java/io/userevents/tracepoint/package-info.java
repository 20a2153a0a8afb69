// SPDX-License-Identifier: Apache-2.0
/**
 * Writes events to a tracepoint of the kernel. The package has the binary layouts, the
 * registration, the enable word and the write of one event. It knows nothing of rings, threads or
 * OpenTelemetry.
 */
@NullMarked
package io.userevents.tracepoint;

import org.jspecify.annotations.NullMarked;

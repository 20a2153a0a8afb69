// SPDX-License-Identifier: Apache-2.0
/**
 * Writes events to a tracepoint of the kernel: its binary layouts, registration, the enable word
 * and the write of one event. Nothing here knows of rings, threads or OpenTelemetry.
 */
@NullMarked
package io.userevents.tracepoint;

import org.jspecify.annotations.NullMarked;

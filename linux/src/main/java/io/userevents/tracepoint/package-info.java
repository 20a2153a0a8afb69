// SPDX-License-Identifier: Apache-2.0
/**
 * The tracepoint: the kernel's binary layouts, registration, the enable word and the write of one
 * event. Nothing here knows of rings, threads or OpenTelemetry.
 */
@NullMarked
package io.userevents.tracepoint;

import org.jspecify.annotations.NullMarked;

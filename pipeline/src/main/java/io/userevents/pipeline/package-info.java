// SPDX-License-Identifier: Apache-2.0
/**
 * The ring of pre-encoded records and the one thread that hands them to a tracepoint. It knows
 * nothing of OpenTelemetry and nothing of how a tracepoint is registered.
 */
@NullMarked
package io.userevents.pipeline;

import org.jspecify.annotations.NullMarked;

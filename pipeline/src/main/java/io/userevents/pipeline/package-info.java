// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps pre-encoded records in a ring and hands them to a tracepoint by one consumer. It knows
 * nothing of OpenTelemetry and nothing of how a tracepoint is registered.
 */
@NullMarked
package io.userevents.pipeline;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * Sends the events of tracepoints to an OTLP/HTTP endpoint. {@code Forwarder} is the agent as a
 * library. The packages below {@code internal} are not for public use and may change at any time.
 *
 * @since 0.1.0
 */
@NullMarked
package io.userevents.agent;

import org.jspecify.annotations.NullMarked;

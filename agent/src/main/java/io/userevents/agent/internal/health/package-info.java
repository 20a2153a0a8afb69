// SPDX-License-Identifier: Apache-2.0
/**
 * Publishes the agent's counts: HTTP, Prometheus text and OTLP. The package is internal, is not for
 * public use and may change at any time.
 */
@NullMarked
package io.userevents.agent.internal.health;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Shows the agent's counts to people and machines: HTTP, Prometheus text and OTLP. */
@NullMarked
package io.userevents.agent.internal.health;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * An OTLP/HTTP endpoint for tests: it decodes and counts the requests it gets, and behaves as badly
 * as a test wants. It uses nothing of the agent, so that both do not share a mistake.
 */
@NullMarked
package io.userevents.agent.receiver;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

/**
 * How the agent that used a spool before this one has ended. Immutable.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param hasEnded whether it ended in order; false after a kill, a crash or an error
 * @param lostEvents events that it could neither send nor spool at its end
 */
public record PreviousRun(boolean hasEnded, long lostEvents) {}

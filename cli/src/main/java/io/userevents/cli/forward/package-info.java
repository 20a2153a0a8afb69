// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code user-events forward}: options of the node agent, and its life as a process.
 * What the agent does is in {@code io.userevents.agent}.
 */
@NullMarked
package io.userevents.cli.forward;

import org.jspecify.annotations.NullMarked;

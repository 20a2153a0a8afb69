// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code user-events forward}: the options of the node agent, and its start and end as
 * a process. The agent is in {@code io.userevents.agent}.
 */
@NullMarked
package io.userevents.cli.forward;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Tests against real servers on the loopback address; see package {@code agent.receiver}. */
@NullMarked
package io.userevents.agent.internal.http;

import org.jspecify.annotations.NullMarked;

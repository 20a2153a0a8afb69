// SPDX-License-Identifier: Apache-2.0
/** Tells what the kernel knows about the process that wrote an event. Reads {@code /proc} only. */
@NullMarked
package io.userevents.agent.internal.process;

import org.jspecify.annotations.NullMarked;

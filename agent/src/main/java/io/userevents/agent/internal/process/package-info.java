// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the kernel's data about the process that wrote an event. Reads {@code /proc} only. The
 * package is internal, is not for public use and may change at any time.
 */
@NullMarked
package io.userevents.agent.internal.process;

import org.jspecify.annotations.NullMarked;

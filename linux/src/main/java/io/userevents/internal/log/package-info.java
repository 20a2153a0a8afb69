// SPDX-License-Identifier: Apache-2.0
/**
 * Hands log lines to the handlers of {@code java.util.logging} on a thread that nobody waits for.
 * Knows of nothing that is logged.
 */
@NullMarked
package io.userevents.internal.log;

import org.jspecify.annotations.NullMarked;

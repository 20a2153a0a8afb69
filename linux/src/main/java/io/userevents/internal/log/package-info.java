// SPDX-License-Identifier: Apache-2.0
/**
 * Hands log lines to the handlers of {@code java.util.logging} on a separate thread, for which no
 * other thread waits. The package knows nothing about the content of the lines.
 */
@NullMarked
package io.userevents.internal.log;

import org.jspecify.annotations.NullMarked;

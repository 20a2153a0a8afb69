// SPDX-License-Identifier: Apache-2.0
/**
 * Files of events: a reader of those that {@code perf record} and {@code trace-cmd record} write,
 * and a writer of the former. Events go to the same handlers as those of a listener. Nothing here
 * needs a kernel with tracepoints.
 */
@NullMarked
package io.userevents.listener.file;

import org.jspecify.annotations.NullMarked;

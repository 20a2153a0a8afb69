// SPDX-License-Identifier: Apache-2.0
/**
 * Reads and writes files of events. The reader reads files of {@code perf record} and of {@code
 * trace-cmd record}; the writer writes perf files. Events go to the same handlers as the events of
 * a listener. Nothing in this package may depend on a kernel with tracepoints.
 *
 * @since 0.1.0
 */
@NullMarked
package io.userevents.listener.file;

import org.jspecify.annotations.NullMarked;

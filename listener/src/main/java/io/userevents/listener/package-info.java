// SPDX-License-Identifier: Apache-2.0
/**
 * Reads a user_events tracepoint back through a private ftrace instance: the instance, its ring
 * buffers and the parser of their pages. Of the pipeline only the system calls, memory and
 * tracepoint packages are used; what the bytes of an event mean is not known here.
 */
@NullMarked
package io.userevents.listener;

import org.jspecify.annotations.NullMarked;

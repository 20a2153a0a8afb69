// SPDX-License-Identifier: Apache-2.0
/**
 * Makes the few Linux system calls that the project needs, behind one interface. The package does
 * not know tracepoints or records, and no other package binds native functions.
 */
@NullMarked
package io.userevents.internal.syscall;

import org.jspecify.annotations.NullMarked;

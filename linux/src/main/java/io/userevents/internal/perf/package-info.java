// SPDX-License-Identifier: Apache-2.0
/**
 * Layouts of the kernel's perf interface ({@code include/uapi/linux/perf_event.h}): the attributes
 * of an event, the control page of a ring, and the records in it. Nothing here makes a call, and
 * nothing knows what the bytes of a sample mean.
 */
@NullMarked
package io.userevents.internal.perf;

import org.jspecify.annotations.NullMarked;

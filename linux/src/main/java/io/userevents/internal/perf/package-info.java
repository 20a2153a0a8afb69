// SPDX-License-Identifier: Apache-2.0
/**
 * Defines layouts of the kernel's perf interface ({@code include/uapi/linux/perf_event.h}): the
 * attributes of an event, the control page of a ring, and the records in it. The package makes no
 * calls, and does not interpret the bytes of a sample.
 */
@NullMarked
package io.userevents.internal.perf;

import org.jspecify.annotations.NullMarked;

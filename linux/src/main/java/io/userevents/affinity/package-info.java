// SPDX-License-Identifier: Apache-2.0
/**
 * Pins threads to CPUs, and says which CPUs a thread may run on. Nothing here knows what the thread
 * does, and no thread's CPUs are changed but the calling one's.
 */
@NullMarked
package io.userevents.affinity;

import org.jspecify.annotations.NullMarked;

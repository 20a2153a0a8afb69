// SPDX-License-Identifier: Apache-2.0
/**
 * Which CPUs a thread may run on, and pinning it to one of them. Nothing here knows what the thread
 * does, and no thread's CPUs are changed but the calling one's.
 */
@NullMarked
package io.userevents.affinity;

import org.jspecify.annotations.NullMarked;

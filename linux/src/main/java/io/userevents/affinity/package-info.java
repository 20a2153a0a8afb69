// SPDX-License-Identifier: Apache-2.0
/**
 * Pins threads to CPUs, and says which CPUs a thread may run on. The package does not know what the
 * thread does, and changes the CPUs of the calling thread only.
 */
@NullMarked
package io.userevents.affinity;

import org.jspecify.annotations.NullMarked;

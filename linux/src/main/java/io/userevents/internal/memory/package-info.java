// SPDX-License-Identifier: Apache-2.0
/**
 * Gives out off-heap memory with an owner, a lifetime and bounds. Code that hands an address to the
 * kernel takes it from here; no other package computes addresses.
 */
@NullMarked
package io.userevents.internal.memory;

import org.jspecify.annotations.NullMarked;

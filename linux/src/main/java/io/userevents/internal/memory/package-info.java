// SPDX-License-Identifier: Apache-2.0
/**
 * Provides off-heap memory with an owner, a lifetime and bounds. Code that hands an address to the
 * kernel takes it from this package; no other package computes addresses.
 */
@NullMarked
package io.userevents.internal.memory;

import org.jspecify.annotations.NullMarked;

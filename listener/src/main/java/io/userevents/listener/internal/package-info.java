// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel's layouts that listeners and file readers share: formats of events, pages, rings, and
 * the view of the current event. Nothing in this package may make a system call or depend on the
 * source of its bytes. The package is internal, is not for public use and may change at any time.
 */
@NullMarked
package io.userevents.listener.internal;

import org.jspecify.annotations.NullMarked;

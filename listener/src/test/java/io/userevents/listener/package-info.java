// SPDX-License-Identifier: Apache-2.0
/** Tests of the listener; those that need a kernel with user_events have the tag {@code kernel}. */
@NullMarked
package io.userevents.listener;

import org.jspecify.annotations.NullMarked;

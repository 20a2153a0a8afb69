// SPDX-License-Identifier: Apache-2.0
/**
 * The examples of {@code docs/}, written as a user would write them: only public types. Nothing
 * else lives here.
 */
@NullMarked
package io.userevents.examples;

import org.jspecify.annotations.NullMarked;

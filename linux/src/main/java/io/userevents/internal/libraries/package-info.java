// SPDX-License-Identifier: Apache-2.0
/**
 * Finds out which library, JVM flag or limit is at fault when the set-up fails. The package does
 * not refer to classes of these libraries, so it works when they do not.
 */
@NullMarked
package io.userevents.internal.libraries;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * Finds out which library, JVM flag or limit is at fault when set-up fails. Nothing here refers to
 * a class of these libraries, so that it works when they do not. For the modules of this project
 * only.
 */
@NullMarked
package io.userevents.internal.libraries;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Code that the documents show, compiled by every build. */
@NullMarked
package io.userevents.examples;

import org.jspecify.annotations.NullMarked;

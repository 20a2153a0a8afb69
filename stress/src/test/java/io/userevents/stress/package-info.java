// SPDX-License-Identifier: Apache-2.0
/** Runs the races of this module within the build. */
@NullMarked
package io.userevents.stress;

import org.jspecify.annotations.NullMarked;

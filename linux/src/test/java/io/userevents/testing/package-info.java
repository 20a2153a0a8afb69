// SPDX-License-Identifier: Apache-2.0
/** Classes that the tests of several packages share. */
@NullMarked
package io.userevents.testing;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Tests of the command {@code decode}. */
@NullMarked
package io.userevents.cli.decode;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Tests of the command {@code record}. */
@NullMarked
package io.userevents.cli.record;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Tests of the parts that commands share. */
@NullMarked
package io.userevents.cli.console;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Tests of the listener's views. */
@NullMarked
package io.userevents.cli.listen;

import org.jspecify.annotations.NullMarked;

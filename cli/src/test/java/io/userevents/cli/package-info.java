// SPDX-License-Identifier: Apache-2.0
/** Tests of the command, which run it within their own JVM. */
@NullMarked
package io.userevents.cli;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Tests of the demo. */
@NullMarked
package io.userevents.cli.demo;

import org.jspecify.annotations.NullMarked;

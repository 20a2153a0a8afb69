// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code record}: writes the events that a listener receives to files that perf and
 * {@code decode} read.
 */
@NullMarked
package io.userevents.cli.record;

import org.jspecify.annotations.NullMarked;

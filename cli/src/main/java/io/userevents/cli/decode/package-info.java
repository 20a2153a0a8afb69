// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code decode}: reads files of perf and trace-cmd and prints the metrics in them, or
 * writes their payloads to a folder.
 */
@NullMarked
package io.userevents.cli.decode;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code user-events}: reads arguments, wires exporter and listener together, and
 * prints for people. What it prints goes to the writers of its {@link picocli.CommandLine}. Nothing
 * here is for use by other programs.
 */
@NullMarked
package io.userevents.cli;

import org.jspecify.annotations.NullMarked;

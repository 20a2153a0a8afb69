// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code user-events}: its start, its options and its exit codes. Each command has a
 * package of its own below this one; output goes to the writers of its {@link picocli.CommandLine}.
 * Nothing here is for use by other programs.
 */
@NullMarked
package io.userevents.cli;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code user-events}: its start, its options and its exit codes. Each subcommand has a
 * separate package below this one. Output goes to the writers of its {@link picocli.CommandLine}.
 * No type of this module is an API for other programs.
 */
@NullMarked
package io.userevents.cli;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * The parts that all commands share: standard output and its failures, log lines, the stop signal,
 * and formatting of text. This package must not depend on the packages of the commands.
 */
@NullMarked
package io.userevents.cli.console;

import org.jspecify.annotations.NullMarked;

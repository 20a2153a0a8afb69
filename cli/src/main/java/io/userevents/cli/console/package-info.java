// SPDX-License-Identifier: Apache-2.0
/**
 * The parts that all commands share: standard output and its failure, log lines, the stop signal,
 * text for people. Commands have packages of their own, which this one does not know.
 */
@NullMarked
package io.userevents.cli.console;

import org.jspecify.annotations.NullMarked;

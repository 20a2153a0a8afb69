// SPDX-License-Identifier: Apache-2.0
/**
 * Where decoded events go, whether a kernel or a file delivers them: lines of text, objects of
 * JSON, OTLP requests as JSON. The table of a terminal is the command {@code listen}'s own.
 */
@NullMarked
package io.userevents.cli.sink;

import org.jspecify.annotations.NullMarked;

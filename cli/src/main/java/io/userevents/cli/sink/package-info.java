// SPDX-License-Identifier: Apache-2.0
/**
 * The output of decoded events from a kernel or a file: lines of text, JSON objects, OTLP requests
 * as JSON. The table on a terminal belongs to the command {@code listen}.
 */
@NullMarked
package io.userevents.cli.sink;

import org.jspecify.annotations.NullMarked;

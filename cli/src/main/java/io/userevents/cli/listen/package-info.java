// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code listen}: shows the series of the event as a table that is refreshed in place,
 * as lines, or as JSON. The series are in {@link io.userevents.cli.series}.
 */
@NullMarked
package io.userevents.cli.listen;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * Logs for the exporter, safely and not too often. The package knows nothing about the content of
 * the lines.
 */
@NullMarked
package io.userevents.exporter.internal.log;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** How the exporter logs: safely, and not too often. Knows of nothing that is logged. */
@NullMarked
package io.userevents.exporter.internal.log;

import org.jspecify.annotations.NullMarked;

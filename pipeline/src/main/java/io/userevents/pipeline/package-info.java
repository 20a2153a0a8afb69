// SPDX-License-Identifier: Apache-2.0
/** The ring and its consumer. */
@NullMarked
package io.userevents.pipeline;

import org.jspecify.annotations.NullMarked;

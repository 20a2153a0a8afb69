// SPDX-License-Identifier: Apache-2.0
/**
 * Checks, filters and concatenates OTLP requests as bytes, without decoding them. The package is
 * internal, is not for public use and may change at any time.
 */
@NullMarked
package io.userevents.agent.internal.wire;

import org.jspecify.annotations.NullMarked;

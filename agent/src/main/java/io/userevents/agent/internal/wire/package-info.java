// SPDX-License-Identifier: Apache-2.0
/** Walks and concatenates OTLP requests as bytes, without decoding them. */
@NullMarked
package io.userevents.agent.internal.wire;

import org.jspecify.annotations.NullMarked;

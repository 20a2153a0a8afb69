// SPDX-License-Identifier: Apache-2.0
/**
 * Events as OTLP requests: their JSON as OpenTelemetry specifies it, and requests cut down to the
 * metrics that a filter takes. Nothing here knows where events come from or where text goes.
 */
@NullMarked
package io.userevents.cli.otlp;

import org.jspecify.annotations.NullMarked;

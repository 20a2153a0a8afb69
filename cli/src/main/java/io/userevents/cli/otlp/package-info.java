// SPDX-License-Identifier: Apache-2.0
/**
 * Events as OTLP requests: their JSON as OpenTelemetry specifies it, and requests reduced to the
 * metrics that a filter accepts. This package must not depend on the source of events or the target
 * of text.
 */
@NullMarked
package io.userevents.cli.otlp;

import org.jspecify.annotations.NullMarked;

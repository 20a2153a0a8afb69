// SPDX-License-Identifier: Apache-2.0
/** Tests of the JSON of OTLP and of filters on requests. */
@NullMarked
package io.userevents.cli.otlp;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Tests of the model of series. */
@NullMarked
package io.userevents.cli.series;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * Events decoded into series: metric, attributes, value and rate. The number of series is bounded.
 * This package must not depend on the way in which series are shown.
 */
@NullMarked
package io.userevents.cli.series;

import org.jspecify.annotations.NullMarked;

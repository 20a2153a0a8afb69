// SPDX-License-Identifier: Apache-2.0
/**
 * Races between publishers, the consumer and those who close, flush or read statistics, in the
 * package of their subject. Each class is one race for jcstress: its actors run at the same time,
 * then its arbiter says what came of it. A result that no annotation names fails the test.
 */
@NullMarked
package io.userevents.pipeline;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * Races publishers, the consumer and threads that close, flush or read statistics, in the package
 * of their subject. Each class is one race for jcstress: its actors run at the same time, then its
 * arbiter states the result. A result that no annotation names fails the test.
 */
@NullMarked
package io.userevents.pipeline;

import org.jspecify.annotations.NullMarked;

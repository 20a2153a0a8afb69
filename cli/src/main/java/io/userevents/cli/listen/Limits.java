// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

/**
 * The limits at which listening ends without a signal.
 *
 * @param ns time from the start; {@link Long#MAX_VALUE} is no limit
 * @param number of points; {@link Long#MAX_VALUE} is no limit
 * @param nsAfterFirst time from the first point; {@link Long#MAX_VALUE} is no limit
 */
record Limits(long ns, long points, long nsAfterFirst) {}

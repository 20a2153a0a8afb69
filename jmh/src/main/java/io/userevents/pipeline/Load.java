// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * The times at which a publisher calls.
 *
 * @param burst number of calls one after the other, at least 1
 * @param pauseNs nanoseconds of spinning after each burst
 */
record Load(int burst, long pauseNs) {}

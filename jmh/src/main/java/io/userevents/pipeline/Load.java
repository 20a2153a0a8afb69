// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * When a publisher calls.
 *
 * @param burst calls one after the other, at least 1
 * @param pauseNs spinning after each burst
 */
record Load(int burst, long pauseNs) {}

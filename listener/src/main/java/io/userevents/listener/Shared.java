// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/**
 * The objects that a listener and its capture share.
 *
 * @param wakeup ends the capture's wait
 * @param callLock see {@link Capture}
 * @param tally counts what is read
 */
record Shared(Wakeup wakeup, CallLock callLock, Tally tally) {}

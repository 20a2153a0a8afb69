// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/**
 * What a listener has read since it was opened.
 *
 * <p>Events that were lost in the kernel's ring buffers are reported by the pages that are read
 * after them: the number arrives late, and not at all if no page follows. {@link KernelStatistics}
 * is exact at any time.
 *
 * @param events that were handed to handlers
 * @param bytes of these events
 * @param pages that were read from the kernel
 * @param missedEvents overwritten before they were read, as far as pages tell the number
 * @param missedUncounted times that a page said that events were overwritten but had no room for
 *     their number; they are in {@link KernelStatistics#overrun()}
 * @param malformedPages that made no sense from some byte on; what followed is lost
 * @param malformedEvents whose fields or bytes would lie outside of them; not handed out
 * @param otherProtocolEvents that carry something else than protobuf; not handed out
 * @param foreignEvents of other tracepoints; not handed out
 * @param abandonedEvents still in the kernel's buffers, or in a page read in part, when the
 *     listener was closed
 */
public record ListenerStatistics(
    long events,
    long bytes,
    long pages,
    long missedEvents,
    long missedUncounted,
    long malformedPages,
    long malformedEvents,
    long otherProtocolEvents,
    long foreignEvents,
    long abandonedEvents) {}

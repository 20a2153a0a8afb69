// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.listener.ListenerException;
import io.userevents.listener.ListenerStatistics;
import io.userevents.listener.TracepointListener;
import java.util.logging.Level;
import java.util.logging.Logger;

/** An event source that reads from a listener. */
final class ListenerSource implements EventSource {

  private static final Logger LOGGER = Logger.getLogger(Forwarder.class.getName());

  private final TracepointListener listener;
  private final HighestCount lost = new HighestCount();

  ListenerSource(TracepointListener listener) {
    this.listener = listener;
  }

  @Override
  public int poll(Handler handler, int timeoutMs) throws ListenerException {
    return listener.poll(
        sample ->
            handler.onEvent(sample.payload(), sample.timestampNs(), sample.pid(), sample.tid()),
        timeoutMs);
  }

  @Override
  public void wakeup() {
    listener.wakeup();
  }

  @Override
  public void detach() throws ListenerException {
    listener.detach();
  }

  @Override
  public Losses losses() {
    ListenerStatistics read = listener.statistics();
    return new Losses(
        lostByKernel(read),
        read.malformedEvents() + read.otherProtocolEvents(),
        read.interruptions(),
        read.malformedBuffers(),
        read.abandonedEvents());
  }

  /** The buffers report some of the losses. The kernel's own count has all of them. */
  private long lostByKernel(ListenerStatistics read) {
    long reported = read.missedEvents();
    try {
      reported = Math.max(reported, listener.kernelStatistics().lost());
    } catch (ListenerException e) {
      LOGGER.log(Level.FINE, "cannot read the kernel's count of losses", e);
    }
    return lost.atLeast(reported);
  }

  @Override
  public void close() {
    listener.close();
  }

  @Override
  public String toString() {
    return listener.eventNames() + " by " + listener.source();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A source to which an application exports all its series at once, at an interval. A read waits as
 * long as one of the kernel's buffers does.
 */
final class BurstEvents implements EventSource {

  private final UnsafeBuffer[] events;
  private final PointTimes[] times;
  private final long intervalNs;
  private final int pid = (int) ProcessHandle.current().pid();
  private long nextNs;
  private volatile boolean isDetached;
  private volatile Thread reader = Thread.currentThread();

  /**
   * Creates a source whose first events come after an interval.
   *
   * @param payloads the events of one export
   * @param intervalSeconds 0 for no events at all
   */
  BurstEvents(List<byte[]> payloads, long intervalSeconds) {
    events = payloads.stream().map(UnsafeBuffer::new).toArray(UnsafeBuffer[]::new);
    times = new PointTimes[events.length];
    for (int i = 0; i < events.length; i++) {
      times[i] = PointTimes.of(events[i]);
    }
    intervalNs = TimeUnit.SECONDS.toNanos(intervalSeconds);
    nextNs = System.nanoTime() + intervalNs;
  }

  @Override
  public int poll(Handler handler, int timeoutMs) {
    reader = Thread.currentThread();
    if (isDetached) {
      return 0;
    }
    long leftNs = intervalNs == 0 ? Long.MAX_VALUE : nextNs - System.nanoTime();
    if (leftNs > 0) {
      LockSupport.parkNanos(Math.min(leftNs, TimeUnit.MILLISECONDS.toNanos(timeoutMs)));
      return 0;
    }
    nextNs += intervalNs;
    long nowNs = System.nanoTime();
    long epochNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    for (int i = 0; i < events.length; i++) {
      times[i].advanceTo(epochNs);
      handler.onEvent(events[i], nowNs + i, pid, pid);
    }
    return events.length;
  }

  @Override
  public void wakeup() {
    LockSupport.unpark(reader);
  }

  @Override
  public void detach() {
    isDetached = true;
  }

  @Override
  public Losses losses() {
    return new Losses(0, 0, 0);
  }

  @Override
  public void close() {}
}

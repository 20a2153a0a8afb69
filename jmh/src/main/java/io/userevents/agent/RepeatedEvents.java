// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A source that repeats the same events at a steady rate, as a ring of the kernel would deliver
 * them. Only the points' times differ: each repetition begins where the one before ended, because
 * an endpoint that sums deltas refuses points that are not newer than the last ones.
 */
final class RepeatedEvents implements EventSource {

  private static final int MAX_EVENTS = 64;
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final UnsafeBuffer[] events;
  private final PointTimes[] times;
  private final int pid = (int) ProcessHandle.current().pid();
  private final double pointsPerEvent;
  private final double eventsPerNs;
  private final Schedule schedule = new Schedule();
  private volatile long handedOut;
  private volatile boolean isDetached;

  RepeatedEvents(List<byte[]> payloads, int points, long pointsPerSecond) {
    events = payloads.stream().map(RepeatedEvents::offHeap).toArray(UnsafeBuffer[]::new);
    times = Arrays.stream(events).map(PointTimes::of).toArray(PointTimes[]::new);
    int found = Arrays.stream(times).mapToInt(PointTimes::count).sum();
    if (found != points) {
      throw new IllegalArgumentException("points=" + points + " points with times=" + found);
    }
    pointsPerEvent = (double) points / events.length;
    eventsPerNs = pointsPerSecond / pointsPerEvent / TimeUnit.SECONDS.toNanos(1);
  }

  private static UnsafeBuffer offHeap(byte[] payload) {
    UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(payload.length));
    buffer.putBytes(0, payload);
    return buffer;
  }

  /** Delivers no more events until {@link #resume}. Any thread may call this. */
  void pause() {
    schedule.pause();
  }

  /** Delivers events again, at the same rate. */
  void resume() {
    schedule.resume();
  }

  /** Returns the number of points that were delivered so far. Any thread may call this. */
  long points() {
    return (long) (handedOut * pointsPerEvent);
  }

  @Override
  public int poll(Handler handler, int timeoutMs) {
    if (isDetached) {
      return 0;
    }
    long due = (long) (schedule.runNs() * eventsPerNs) - handedOut;
    if (due <= 0) {
      LockSupport.parkNanos(Math.min(PAUSE_NS, TimeUnit.MILLISECONDS.toNanos(timeoutMs)));
      return 0;
    }
    int count = (int) Math.min(due, MAX_EVENTS);
    long first = handedOut;
    long nowNs = System.nanoTime();
    long epochNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    for (int i = 0; i < count; i++) {
      int event = (int) ((first + i) % events.length);
      times[event].advanceTo(epochNs);
      handler.onEvent(events[event], nowNs + i, pid, pid);
    }
    handedOut = first + count;
    return count;
  }

  @Override
  public void wakeup() {}

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

  /** The time for which the source was not paused. */
  private static final class Schedule {

    private long startNs = System.nanoTime();
    private long pausedNs;

    synchronized long runNs() {
      return (pausedNs == 0 ? System.nanoTime() : pausedNs) - startNs;
    }

    synchronized void pause() {
      pausedNs = pausedNs == 0 ? System.nanoTime() : pausedNs;
    }

    synchronized void resume() {
      if (pausedNs != 0) {
        startNs += System.nanoTime() - pausedNs;
        pausedNs = 0;
      }
    }
  }
}

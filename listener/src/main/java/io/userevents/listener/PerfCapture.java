// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.listener.Tally.Count;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventFormat;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Captures by perf. Each CPU has one ring, which receives the events of all tracepoints. */
final class PerfCapture implements Capture {

  private static final Logger LOGGER = Logger.getLogger(PerfCapture.class.getName());
  private static final Path SYS = Path.of("/sys");

  /** The longest time that events wait in a ring that is filled below the watermark. */
  static final int WATERMARK_WAIT_MS = 100;

  /**
   * The number of checks after a change. The first check may find that an event was on for some
   * time since the previous check, although it is off now. The second check does not.
   */
  private static final int CHECKS = 2;

  /** Much longer than copying a record takes. */
  private static final long SETTLE_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long CHECK_PERIOD_NS = PerfCpu.LONGEST_STEP_NS + 1;

  private final List<String> eventNames;
  private final BufferSize bufferSize;
  private final int watermark;
  private final boolean isSnapshot;
  private final PerfCalls calls;
  private final PerfEvents events;
  private final OnlineCpus online;
  private final CallLock callLock;
  private final PerfCpus cpus;
  private final Tally tally;
  private final PerfCounts ended = new PerfCounts();
  private final Steps closing =
      new Steps(List.of(this::disableToClose, this::keepStatistics, this::closeEvents));

  private List<EventFormat> formats = List.of();
  private @Nullable RingReader reader;
  private boolean hasEnding;
  private boolean isDetached;
  private boolean isClosed;
  private long nextLookNs;
  private int checksLeft;
  private PerfCounts finalCounts = new PerfCounts();

  PerfCapture(
      Syscalls syscalls, Path tracefs, List<String> eventNames, Options options, Shared shared) {
    this.eventNames = eventNames;
    bufferSize = options.bufferSize();
    watermark = options.wakeupBytes();
    calls = new PerfCalls(syscalls, watermark, options.isSnapshot());
    TracefsFiles files = new TracefsFiles(syscalls);
    isSnapshot = options.isSnapshot();
    events = new PerfEvents(files, tracefs);
    online = new OnlineCpus(files, SYS);
    callLock = shared.callLock();
    cpus = new PerfCpus(calls, shared.wakeup());
    tally = shared.tally();
  }

  @Override
  public Source source() {
    return Source.PERF;
  }

  @Override
  public String description() {
    return "perf cpus=" + cpus.all().length + " ring_kb=" + cpus.ringLength() / 1024;
  }

  @Override
  public List<EventFormat> formats() {
    return formats;
  }

  @Override
  public void attach() throws ListenerException {
    formats = events.hold(eventNames);
    try {
      reader = new RingReader(new EventDecoder(formats), tally);
      cpus.open(formats, online.read(), bufferSize);
      for (PerfCpu cpu : cpus.all()) {
        cpu.enable();
      }
    } finally {
      // The open events hold the tracepoints from now on.
      events.release();
    }
    nextLookNs = System.nanoTime() + OnlineCpus.PERIOD_NS;
  }

  @Override
  public boolean await(int timeoutMs) throws ListenerException {
    long nowNs = System.nanoTime();
    if (nowNs - nextLookNs >= 0) {
      nextLookNs = nowNs + OnlineCpus.PERIOD_NS;
      look(nowNs);
    }
    if (hasRecords()) {
      return true;
    }
    if (timeoutMs == 0) {
      return false;
    }
    int result = cpus.await(waitMs(timeoutMs, nowNs));
    if (result < 0 && !Errno.EINTR.is(result) && !Errno.EAGAIN.is(result)) {
      throw ListenerException.ofErrno("poll", "perf events", -result, "see poll(2)", null);
    }
    if (result > 0) {
      endFailed();
    }
    return hasRecords();
  }

  private int waitMs(int timeoutMs, long nowNs) {
    long waitMs = TimeUnit.NANOSECONDS.toMillis(Math.max(0, nextLookNs - nowNs)) + 1;
    if (watermark > 1) {
      waitMs = Math.min(waitMs, WATERMARK_WAIT_MS);
    }
    return (int) (timeoutMs < 0 ? waitMs : Math.min(waitMs, timeoutMs));
  }

  private boolean hasRecords() {
    if (isSnapshot) {
      return false;
    }
    for (PerfCpu cpu : cpus.all()) {
      PerfRing ring = cpu.ring();
      if (ring != null && !ring.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Handles events for which poll(2) reports an error. They no longer record. */
  private void endFailed() {
    BitSet stopped = new BitSet();
    for (int i = 0; i < cpus.all().length; i++) {
      if (cpus.hasFailed(i)) {
        end(i, stopped);
      }
    }
    tell(stopped);
  }

  private void end(int index, BitSet stopped) {
    cpus.end(index);
    hasEnding = true;
    if (!isDetached) {
      tally.add(Count.INTERRUPTIONS, 1);
      stopped.set(cpus.all()[index].cpu());
    }
  }

  /** Logs the interruption at once. The counter alone would be seen only at the end. */
  private static void tell(BitSet stopped) {
    if (!stopped.isEmpty()) {
      LOGGER.log(
          Level.WARNING,
          "perf has stopped recording on the CPUs {0}, as it does when they go offline; it resumes"
              + " when they are online again, and events that are written there until then are"
              + " lost and not counted",
          stopped);
    }
  }

  private void look(long nowNs) throws ListenerException {
    if (isDetached) {
      return;
    }
    if (online.mayHaveChanged(nowNs)) {
      checksLeft = CHECKS;
    }
    if (checksLeft == 0) {
      return;
    }
    nextLookNs = nowNs + CHECK_PERIOD_NS;
    BitSet onlineCpus = online.read();
    BitSet stopped = new BitSet();
    boolean isDecided = true;
    for (int i = 0; i < cpus.all().length; i++) {
      PerfCpu cpu = cpus.all()[i];
      if (!cpu.isEnding()) {
        PerfCpu.State state = onlineCpus.get(cpu.cpu()) ? cpu.state(nowNs) : PerfCpu.State.STOPPED;
        if (state == PerfCpu.State.STOPPED) {
          end(i, stopped);
        }
        isDecided &= state != PerfCpu.State.UNDECIDED;
      }
      onlineCpus.clear(cpu.cpu());
    }
    tell(stopped);
    for (int cpu = onlineCpus.nextSetBit(0); cpu >= 0; cpu = onlineCpus.nextSetBit(cpu + 1)) {
      cpus.openNew(cpu);
    }
    if (isDecided) {
      checksLeft--;
    }
  }

  @Override
  public int deliver(EventHandler handler) throws ListenerException {
    int delivered = 0;
    RingReader rings = reader;
    for (PerfCpu cpu : cpus.all()) {
      PerfRing ring = cpu.ring();
      if (rings != null && ring != null && !ring.isEmpty()) {
        delivered += rings.deliver(ring, cpu.cpu(), handler);
      }
    }
    if (hasEnding) {
      closeEnding();
    }
    return delivered;
  }

  @Override
  public int snapshot(EventHandler handler) throws ListenerException {
    int delivered = 0;
    RingReader rings = reader;
    for (PerfCpu cpu : cpus.all()) {
      PerfRing ring = cpu.ring();
      if (rings == null || ring == null || !setPaused(cpu, true)) {
        continue;
      }
      try {
        settle(ring);
        delivered += rings.deliverBackward(ring, handler);
        if (cpu.isEnding()) {
          ring.finish();
        }
      } finally {
        setPaused(cpu, false);
      }
    }
    if (hasEnding) {
      closeEnding();
    }
    return delivered;
  }

  /** Returns false if the capture was closed in the meantime. */
  private boolean setPaused(PerfCpu cpu, boolean isPaused) throws ListenerException {
    callLock.lock();
    try {
      if (isClosed) {
        return false;
      }
      cpu.setPaused(isPaused);
      return true;
    } finally {
      callLock.unlock();
    }
  }

  /**
   * Waits until a record that was begun before the pause is complete. Its writer cannot be
   * interrupted.
   */
  private static void settle(PerfRing ring) {
    long head;
    do {
      head = ring.head();
      LockSupport.parkNanos(SETTLE_NS);
    } while (head != ring.head());
  }

  @Override
  public boolean hasRead() {
    return reader != null && reader.takeHasRead();
  }

  /**
   * Closes the CPUs that have ended and are read, and checks at once whether they are online again.
   */
  private void closeEnding() throws ListenerException {
    callLock.lock();
    try {
      if (isClosed) {
        return;
      }
      hasEnding = cpus.removeEnded(ended);
      checksLeft = CHECKS;
      nextLookNs = System.nanoTime();
    } finally {
      callLock.unlock();
    }
  }

  @Override
  public void detach() throws ListenerException {
    isDetached = true;
    for (PerfCpu cpu : cpus.all()) {
      cpu.disable();
    }
  }

  @Override
  public KernelStatistics statistics() throws ListenerException {
    return (isClosed ? finalCounts : counts()).with(tally.get(Count.SAMPLES));
  }

  private PerfCounts counts() throws ListenerException {
    PerfCounts counts = new PerfCounts();
    counts.add(ended);
    for (PerfCpu cpu : cpus.all()) {
      cpu.addTo(counts);
    }
    return counts;
  }

  @Override
  public boolean close() {
    isClosed = true;
    if (reader != null) {
      reader.stop();
    }
    return closing.run();
  }

  private boolean disableToClose() {
    try {
      detach();
    } catch (ListenerException e) {
      // Closing the events ends them as well.
      LOGGER.log(Level.FINE, "cannot disable perf events", e);
    }
    return true;
  }

  private boolean keepStatistics() {
    try {
      finalCounts = counts();
    } catch (ListenerException e) {
      LOGGER.log(Level.FINE, "cannot read the counters of perf events", e);
    }
    return true;
  }

  private boolean closeEvents() {
    for (PerfCpu cpu : cpus.all()) {
      cpu.closeEvents();
    }
    return true;
  }

  @Override
  public long free() {
    cpus.free();
    calls.free();
    return finalCounts.with(tally.get(Count.SAMPLES)).unreadEvents();
  }
}

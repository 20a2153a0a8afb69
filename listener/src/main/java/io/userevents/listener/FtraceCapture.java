// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Syscalls;
import io.userevents.listener.Tally.Count;
import io.userevents.listener.internal.EventFormat;
import io.userevents.tracepoint.KernelTracepoint;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Captures by ftrace. One trace instance has the events of all tracepoints. */
final class FtraceCapture implements Capture {

  /**
   * The number of pages that are read from one CPU before the next: a busy CPU must neither starve
   * the other CPUs nor hold up the caller.
   */
  private static final int MAX_PAGES = 64;

  private final Attachment attachment;
  private final BufferSize bufferSize;
  private final Path folder;
  private final CallLock callLock;
  private final Tally tally;

  private @Nullable PageReader reader;
  private boolean hasRead;
  private boolean isDetached;
  private boolean isClosed;
  private long lookedNs;

  private FtraceCapture(Attachment attachment, BufferSize bufferSize, Path folder, Shared shared) {
    this.attachment = attachment;
    this.bufferSize = bufferSize;
    this.folder = folder;
    callLock = shared.callLock();
    tally = shared.tally();
  }

  /** Creates the instance, with no event enabled. */
  static FtraceCapture create(
      Syscalls syscalls, Path tracefs, List<String> eventNames, Options options, Shared shared)
      throws ListenerException {
    List<OwnThreadTracepoint> registrations =
        eventNames.stream()
            .map(name -> new OwnThreadTracepoint(new KernelTracepoint(name, tracefs)))
            .toList();
    TracefsFiles files = new TracefsFiles(syscalls);
    InstanceNames names = new InstanceNames(files, tracefs.resolve("instances"));
    String chosen = options.instanceName();
    InstanceNames.Held held = chosen == null ? names.createDefault() : names.create(chosen);
    TraceInstance instance = new TraceInstance(files, held, eventNames);
    return new FtraceCapture(
        new Attachment(syscalls, shared.wakeup(), registrations, instance),
        options.bufferSize(),
        held.folder(),
        shared);
  }

  @Override
  public Source source() {
    return Source.FTRACE;
  }

  @Override
  public String description() {
    return "ftrace instance=" + folder + " cpu_buffer_kb=" + attachment.bufferKb();
  }

  @Override
  public List<EventFormat> formats() {
    return attachment.formats();
  }

  /** Returns the instance's folder in tracefs. */
  Path folder() {
    return folder;
  }

  @Override
  public void attach() throws ListenerException {
    reader = attachment.open(bufferSize, tally);
    lookedNs = System.nanoTime();
  }

  @Override
  public boolean await(int timeoutMs) throws ListenerException {
    CpuBuffers files = attachment.buffers();
    if (files == null) {
      return false;
    }
    long nowNs = System.nanoTime();
    if (nowNs - lookedNs >= OnlineCpus.PERIOD_NS) {
      lookedNs = nowNs;
      // Opens the buffers that were left out because their CPUs were offline.
      files.watchAll();
      if (attachment.look(!isDetached)) {
        tally.add(Count.INTERRUPTIONS, 1);
      }
    }
    long untilLookMs = TimeUnit.NANOSECONDS.toMillis(lookedNs + OnlineCpus.PERIOD_NS - nowNs) + 1;
    return files.await((int) (timeoutMs < 0 ? untilLookMs : Math.min(untilLookMs, timeoutMs)));
  }

  @Override
  public int deliver(EventHandler handler) throws ListenerException {
    PageReader pages = reader;
    CpuBuffers files = attachment.buffers();
    if (pages == null || files == null) {
      return 0;
    }
    // The rest of a page whose handler has thrown.
    int events = pages.deliver(handler);
    for (int i = 0; i < files.count(); i++) {
      if (!files.isReadable(i)) {
        continue;
      }
      for (int page = 0; page < MAX_PAGES; page++) {
        int length = read(files, i);
        if (length == CpuBuffers.NOTHING) {
          break;
        }
        hasRead = true;
        pages.wrap(files.page(), length, files.cpu(i));
        events += pages.deliver(handler);
      }
    }
    return events;
  }

  private int read(CpuBuffers files, int index) throws ListenerException {
    callLock.lock();
    try {
      return isClosed ? CpuBuffers.NOTHING : files.read(index);
    } finally {
      callLock.unlock();
    }
  }

  @Override
  public int snapshot(EventHandler handler) {
    throw new IllegalStateException("ftrace has no snapshots");
  }

  @Override
  public boolean hasRead() {
    boolean read = hasRead;
    hasRead = false;
    return read;
  }

  @Override
  public void detach() throws ListenerException {
    isDetached = true;
    attachment.disable();
  }

  @Override
  public KernelStatistics statistics() throws ListenerException {
    // If another process has emptied the buffers, pages may have reported more than the last look
    // at the counters.
    long handledEvents =
        tally.get(Count.EVENTS)
            + tally.get(Count.OTHER_PROTOCOL_EVENTS)
            + tally.get(Count.FOREIGN_EVENTS)
            + tally.get(Count.MALFORMED_EVENTS);
    return attachment.statistics().atLeast(handledEvents, tally.get(Count.MISSED_EVENTS));
  }

  @Override
  public boolean close() {
    isClosed = true;
    return attachment.close();
  }

  @Override
  public long free() {
    long abandoned = reader == null ? 0 : reader.abandon();
    CpuBuffers buffers = attachment.buffers();
    if (buffers != null) {
      buffers.free();
    }
    return abandoned + attachment.finalStatistics().unreadEvents();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.listener.EventHandler;
import io.userevents.listener.Sample;
import io.userevents.listener.internal.EventView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Merges the events of the CPUs of a trace.dat by their times. Events with the same time come in
 * the order of the CPUs in the file.
 *
 * <p>Not thread-safe.
 */
final class TraceDatReader implements Reader {

  private static final int MAX_STEP = 1024;

  private final Formats formats;
  private final String clock;
  private final FileTally tally;
  private final EventView view = new EventView();
  private final Sample sample = new Sample(view);

  /** A heap: no CPU's event is earlier than that of the CPU at half its index. */
  private final CpuPages[] heap;

  private int size;
  private boolean hasStarted;
  private boolean isTopUsed;
  private @Nullable EventFileException failure;

  private TraceDatReader(Formats formats, String clock, List<CpuPages> cpus, FileTally tally) {
    this.formats = formats;
    this.clock = clock;
    this.tally = tally;
    heap = cpus.toArray(CpuPages[]::new);
  }

  /**
   * Reads the header.
   *
   * @param window at the beginning of the file
   */
  static Reader open(
      String file, DataSource source, Window window, Set<String> wanted, FileTally tally)
      throws EventFileException {
    Formats formats = new Formats(file, wanted);
    TraceDatHeader header = new TraceDatHeader(file, source, formats);
    header.read(window);
    List<CpuPages> cpus = new ArrayList<>();
    Budget budget = new Budget(file);
    for (TraceDatHeader.CpuData data : header.cpus()) {
      cpus.add(CpuPages.open(file, source, data, formats, tally, budget));
    }
    return new TraceDatReader(formats, header.clock(), cpus, tally);
  }

  @Override
  public Formats formats() {
    return formats;
  }

  @Override
  public String clock() {
    return clock;
  }

  @Override
  public int poll(EventHandler handler) throws EventFileException {
    if (failure != null) {
      throw failure;
    }
    int delivered = 0;
    try {
      if (!hasStarted) {
        start();
      }
      while (delivered < MAX_STEP) {
        passTop();
        if (size == 0) {
          break;
        }
        CpuPages top = heap[0];
        isTopUsed = true;
        top.show(view);
        tally.add(view.payload().capacity(), view.timestampNs());
        delivered++;
        handler.onEvent(sample);
      }
    } catch (EventFileException e) {
      // The events before the error are delivered first.
      failure = e;
      if (delivered == 0) {
        throw e;
      }
    } finally {
      view.clear();
    }
    return delivered == 0 ? EventFile.END : delivered;
  }

  private void start() throws EventFileException {
    hasStarted = true;
    for (CpuPages cpu : heap) {
      heap[size] = cpu;
      size += cpu.next() ? 1 : 0;
    }
    for (int i = size / 2; i >= 0; i--) {
      siftDown(i);
    }
  }

  private void passTop() throws EventFileException {
    if (isTopUsed) {
      if (!heap[0].next()) {
        size--;
        heap[0] = heap[size];
      }
      isTopUsed = false;
      siftDown(0);
    }
  }

  private void siftDown(int from) {
    int place = from;
    while (2 * place + 1 < size) {
      int child = 2 * place + 1;
      if (child + 1 < size && heap[child + 1].isBefore(heap[child])) {
        child++;
      }
      if (!heap[child].isBefore(heap[place])) {
        return;
      }
      CpuPages moved = heap[place];
      heap[place] = heap[child];
      heap[child] = moved;
      place = child;
    }
  }
}

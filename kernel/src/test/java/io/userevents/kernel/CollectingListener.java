// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.affinity.CpuAffinity;
import io.userevents.listener.EventHandler;
import io.userevents.listener.TracepointListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/** This project's listener with its defaults, read continuously by a separate thread. */
final class CollectingListener implements AutoCloseable {

  private static final int ANY_CPU = -1;
  private static final int POLL_MS = 100;

  private final TracepointListener listener;
  private final List<byte[]> events = new ArrayList<>();
  private final FutureTask<Void> reading;
  private volatile boolean ended;

  private CollectingListener(TracepointListener listener, int cpu) {
    this.listener = listener;
    reading =
        new FutureTask<>(
            () -> {
              read(cpu);
              return null;
            });
    new Thread(reading, "reader").start();
  }

  static CollectingListener start() throws Exception {
    return startOn(ANY_CPU);
  }

  /** Reads on this processor only. */
  static CollectingListener startOn(int cpu) throws Exception {
    return new CollectingListener(TracepointListener.builder(Tracing.EVENT).open(), cpu);
  }

  /** Detaches, and returns the bytes of all events. Fails if any was lost. */
  List<byte[]> end() throws Exception {
    listener.detach();
    ended = true;
    reading.get();
    assertThat(listener.kernelStatistics().lost()).isZero();
    assertThat(listener.statistics().missedEvents()).isZero();
    assertThat(listener.statistics().missedUncounted()).isZero();
    return events;
  }

  @Override
  public void close() {
    ended = true;
    listener.close();
  }

  private void read(int cpu) throws Exception {
    if (cpu != ANY_CPU) {
      CpuAffinity.pinCurrentThread(cpu);
    }
    EventHandler handler = EventHandler.copying(event -> events.add(event.bytes()));
    boolean isLast;
    int received;
    do {
      // Checked before the poll, because events may arrive between a poll that finds none and the
      // end.
      isLast = ended;
      received = listener.poll(handler, POLL_MS);
    } while (received > 0 || (received == 0 && !isLast));
  }
}

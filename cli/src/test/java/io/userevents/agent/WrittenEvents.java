// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/** Events that this process has written, for an agent without a kernel. */
public final class WrittenEvents implements EventSource {

  private final byte[] event;
  private final int count;
  private final CountDownLatch woken = new CountDownLatch(1);
  private boolean isRead;

  private WrittenEvents(byte[] event, int count) {
    this.event = event;
    this.count = count;
  }

  /** Starts an agent that receives the same event several times, and then no other. */
  public static Forwarder start(ForwarderBuilder builder, byte[] event, int count)
      throws IOException {
    return builder.start(() -> new WrittenEvents(event, count));
  }

  @Override
  public int poll(Handler handler, int timeoutMs) {
    if (isRead) {
      try {
        boolean unused = woken.await(timeoutMs, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return 0;
    }
    int pid = (int) ProcessHandle.current().pid();
    for (int i = 0; i < count; i++) {
      handler.onEvent(new UnsafeBuffer(event), System.nanoTime(), pid, pid);
    }
    isRead = true;
    return count;
  }

  @Override
  public void wakeup() {
    woken.countDown();
  }

  @Override
  public void detach() {}

  @Override
  public Losses losses() {
    return new Losses(0, 0, 0);
  }

  @Override
  public void close() {}
}

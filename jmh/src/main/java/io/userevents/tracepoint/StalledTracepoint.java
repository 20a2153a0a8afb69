// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import java.util.concurrent.CountDownLatch;

/**
 * A tracepoint that is always enabled, and whose first write hangs until {@link #letGo}, like a
 * kernel that does not answer.
 */
public final class StalledTracepoint implements Tracepoint {

  private final CountDownLatch stalled = new CountDownLatch(1);
  private final CountDownLatch letGo = new CountDownLatch(1);

  /** Waits until a write hangs. */
  public void awaitStalled() throws InterruptedException {
    stalled.await();
  }

  /** Ends that write, and makes all later ones succeed at once. */
  public void letGo() {
    letGo.countDown();
  }

  @Override
  public String eventName() {
    return "stalled";
  }

  @Override
  public String register() {
    return "a tracepoint that does not answer";
  }

  @Override
  public boolean isEnabled() {
    return true;
  }

  @Override
  public int write(EventVector event) {
    stalled.countDown();
    try {
      letGo.await();
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -Errno.EINTR.number();
    }
  }

  @Override
  public void close() {
    letGo();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Agents without a kernel whose source fails or hangs, for tests of the command. */
public final class FaultyForwarders {

  private FaultyForwarders() {}

  /** Starts an agent whose reader fails at its first read. */
  public static Forwarder failing(ForwarderBuilder builder) throws IOException {
    return builder.start(
        () ->
            new Source(
                () -> {
                  throw new IllegalStateException("a fault of the source");
                }));
  }

  /** Starts an agent whose reader hangs in its first read until the latch is released. */
  public static Forwarder hanging(ForwarderBuilder builder, CountDownLatch release)
      throws IOException {
    return builder
        .setEndMargin(Duration.ofMillis(100))
        .start(
            () ->
                new Source(
                    () -> {
                      try {
                        release.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
  }

  private static final class Source implements EventSource {
    private final Runnable fault;

    Source(Runnable fault) {
      this.fault = fault;
    }

    @Override
    public int poll(Handler handler, int timeoutMs) {
      fault.run();
      return CLOSED;
    }

    @Override
    public void wakeup() {}

    @Override
    public void detach() {}

    @Override
    public Losses losses() {
      return new Losses(0, 0, 0);
    }

    @Override
    public void close() {}
  }
}

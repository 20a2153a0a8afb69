// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.syscall.Syscalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class WakeupTest {

  private final Syscalls calls = Syscalls.ofThisMachine();
  private final Pollfds pollfds = new Pollfds(1);
  private Wakeup wakeup = open();

  @BeforeEach
  void watch() {
    pollfds.set(0, wakeup.fd());
  }

  @AfterEach
  void release() {
    wakeup.release();
    pollfds.free();
  }

  private Wakeup open() {
    try {
      return Wakeup.open(calls);
    } catch (ListenerException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldEndTheNextWaitUntilItIsReset() {
    assertThat(poll(0)).isZero();
    wakeup.wakeup();
    wakeup.wakeup();

    assertThat(poll(-1)).isEqualTo(1);
    assertThat(pollfds.isReadable(0)).isTrue();
    wakeup.reset();
    assertThat(poll(0)).isZero();
    wakeup.reset();
  }

  @Test
  void shouldEndAWaitInASystemCallWhenItsThreadIsInterrupted() throws Exception {
    FutureTask<Integer> waiting =
        new FutureTask<>(
            () -> {
              wakeup.enter();
              try {
                return poll(-1);
              } finally {
                wakeup.leave();
              }
            });
    Thread thread = new Thread(waiting);
    thread.start();
    TimeUnit.MILLISECONDS.sleep(20);

    thread.interrupt();

    assertThat(waiting.get()).isEqualTo(1);
  }

  @Test
  void shouldNotLetAThreadWaitThatIsInterruptedAlready() {
    Thread.currentThread().interrupt();
    try {
      wakeup.enter();
      assertThat(poll(-1)).isEqualTo(1);
      wakeup.leave();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void shouldTakeNoNoticeOfAnInterruptOutsideOfAWait() {
    wakeup.enter();
    wakeup.leave();
    Thread.currentThread().interrupt();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(poll(0)).isZero();
  }

  @Test
  void shouldWriteToNoDescriptorOnceItIsReleased() {
    int fd = wakeup.fd();
    assertThat(Files.exists(Path.of("/proc/self/fd/" + fd))).isTrue();

    wakeup.release();
    wakeup.release();

    assertThat(Files.exists(Path.of("/proc/self/fd/" + fd))).isFalse();
    wakeup.wakeup();
    wakeup.reset();
    assertThat(wakeup.fd()).isEqualTo(-1);
  }

  private int poll(int timeoutMs) {
    return calls.poll(pollfds.address(), pollfds.count(), timeoutMs);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.syscall.Errno;
import io.userevents.testing.CapturedLog;
import io.userevents.tracepoint.RegistrationFailures;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class FirstAnswerTest extends TracepointSessionFixture {

  @Test
  void shouldLetNobodyWaitOnceRegistrationWasTried() {
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    session.start(START_NS);

    session.awaitFirstAttempt(SECONDS.toNanos(100));

    assertThat(tracepoint.registrations).hasValue(1);
  }

  @Test
  void shouldSayThatRegistrationTakesLong() {
    session.awaitFirstAttempt(1);

    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("has not answered yet", "see in a thread dump");
  }

  @Test
  void shouldSayThatRegistrationHasNotAnsweredBeforeTheAnswerAndNotAfterIt() throws Exception {
    CountDownLatch saying = new CountDownLatch(1);
    CountDownLatch said = new CountDownLatch(1);
    Handler slow =
        new SimpleHandler(
            record -> {
              if (record.getMessage().startsWith("registered")) {
                saying.countDown();
                await(said);
              }
            });
    Logger logger = Logger.getLogger(RecordPipeline.class.getName());
    logger.addHandler(slow);
    try {
      Thread consumer = new Thread(() -> session.start(START_NS));
      session.awaitFirstAttempt(1);
      assertThat(log.warnings()).singleElement().asString().contains("has not answered yet");
      consumer.start();
      await(saying);

      // The line that says registered is being written.
      session.awaitFirstAttempt(1);

      said.countDown();
      consumer.join();
      assertThat(log.warnings()).hasSize(1);
    } finally {
      logger.removeHandler(slow);
    }
  }

  @Test
  void shouldRegisterWhileALogHandlerHangsThatIsToldOfTheDelay() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> handled = new CopyOnWriteArrayList<>();
    Handler hung =
        new SimpleHandler(
            record -> {
              if (record.getMessage().contains("has not answered yet")) {
                hanging.countDown();
                await(goOn);
              }
              handled.add(record.getMessage());
            });
    Logger logger = Logger.getLogger(RecordPipeline.class.getName());
    logger.addHandler(hung);
    try {
      Thread builder = new Thread(() -> session.awaitFirstAttempt(1));
      builder.start();
      await(hanging);
      CountDownLatch registered = new CountDownLatch(1);
      Thread consumer =
          new Thread(
              () -> {
                session.start(START_NS);
                registered.countDown();
              });
      consumer.start();

      await(registered);

      assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
      goOn.countDown();
      builder.join();
      consumer.join();
      CapturedLog.awaitQueued();
      assertThat(handled).hasSize(2);
      assertThat(handled.get(0)).contains("has not answered yet");
      assertThat(handled.get(1)).as("the answer, after the warning").startsWith("registered");
    } finally {
      goOn.countDown();
      logger.removeHandler(hung);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the test", e);
    }
  }

  /** Passes each record on. */
  private static final class SimpleHandler extends Handler {
    private final Consumer<LogRecord> records;

    SimpleHandler(Consumer<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord record) {
      records.accept(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class BackgroundLogTest {

  private static final int CAPACITY = 8;
  private static final long LONG_NS = TimeUnit.SECONDS.toNanos(120);

  private final Logger logger = Logger.getAnonymousLogger();
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final BackgroundLog log = new BackgroundLog(this::makeThread, CAPACITY, LONG_NS);

  /** Run by the handler before it keeps a record. */
  private volatile Consumer<LogRecord> before = record -> {};

  BackgroundLogTest() {
    logger.setUseParentHandlers(false);
    logger.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            before.accept(record);
            records.add(record);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
  }

  @AfterEach
  void goOn() {
    goOn.countDown();
  }

  @Test
  void shouldHandOverLinesInTheirOrderOnItsOwnThread() {
    List<Thread> handling = new CopyOnWriteArrayList<>();
    before = record -> handling.add(Thread.currentThread());

    for (int i = 0; i < CAPACITY; i++) {
      info("line " + i);
    }
    assertThat(log.awaitWritten(LONG_NS)).isTrue();

    assertThat(messages())
        .containsExactly(
            "line 0", "line 1", "line 2", "line 3", "line 4", "line 5", "line 6", "line 7");
    assertThat(handling).doesNotContain(Thread.currentThread());
    assertThat(threads).hasSize(1);
  }

  @Test
  void shouldKeepTheOrderOfEachThread() throws Exception {
    int lines = 1000;
    BackgroundLog large = new BackgroundLog(BackgroundLog::makeThread, 4 * lines, LONG_NS);
    List<Thread> callers = new ArrayList<>();
    for (int caller = 0; caller < 4; caller++) {
      String name = caller + ":";
      callers.add(
          new Thread(
              () -> {
                for (int i = 0; i < lines; i++) {
                  large.add(logger, Level.INFO, name + i, null);
                }
              }));
    }
    callers.forEach(Thread::start);
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(large.awaitWritten(LONG_NS)).isTrue();

    assertThat(messages()).hasSize(4 * lines);
    for (int caller = 0; caller < 4; caller++) {
      String name = caller + ":";
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < lines; i++) {
        expected.add(name + i);
      }
      assertThat(messages().stream().filter(message -> message.startsWith(name)).toList())
          .isEqualTo(expected);
    }
  }

  @Test
  void shouldSayWhoLoggedWhenAndWhy() {
    Throwable failure = new IllegalStateException("because");
    long beforeMs = System.currentTimeMillis();

    log.add(logger, Level.WARNING, "{0} is not replaced", failure);
    assertThat(log.awaitWritten(LONG_NS)).isTrue();

    LogRecord record = records.get(0);
    assertThat(record.getLevel()).isEqualTo(Level.WARNING);
    assertThat(record.getMessage()).isEqualTo("{0} is not replaced");
    assertThat(record.getParameters()).isNull();
    assertThat(record.getThrown()).isSameAs(failure);
    assertThat(record.getLoggerName()).isEqualTo(logger.getName());
    assertThat(record.getSourceMethodName()).isNull();
    assertThat(record.getMillis()).isGreaterThanOrEqualTo(beforeMs);
  }

  @Test
  void shouldNotQueueALineWhoseLevelIsOff() {
    log.add(logger, Level.FINE, "too fine", null);

    assertThat(log.awaitWritten(0)).isTrue();
    assertThat(threads).isEmpty();
    assertThat(records).isEmpty();
  }

  @Test
  void shouldNotWaitForAHandlerThatHangs() throws Exception {
    hang();

    info("one");
    info("two");

    assertThat(log.awaitWritten(1)).isFalse();
    assertThat(records).isEmpty();
    goOn.countDown();
    assertThat(log.awaitWritten(LONG_NS)).isTrue();
    assertThat(messages()).containsExactly("hung", "one", "two");
  }

  @Test
  void shouldCountLinesThatDoNotFitAndSayHowMany() throws Exception {
    hang();
    for (int i = 1; i < CAPACITY + 5; i++) {
      info("line " + i);
    }
    goOn.countDown();
    while (records.size() <= CAPACITY) {
      Thread.sleep(1);
    }

    assertThat(messages().subList(0, CAPACITY)).endsWith("line " + (CAPACITY - 1));
    assertThat(records).hasSize(CAPACITY + 1);
    assertThat(records.get(CAPACITY).getLevel()).isEqualTo(Level.WARNING);
    assertThat(records.get(CAPACITY).getMessage())
        .contains("lost=5 ")
        .contains("handlerFailures=0")
        .contains("more than " + CAPACITY);
    info("after");
    assertThat(log.awaitWritten(LONG_NS)).isTrue();
    assertThat(messages()).endsWith("after");
  }

  @Test
  void shouldGoOnAfterAHandlerThatThrowsAnErrorAndSaySo() throws Exception {
    before =
        record -> {
          if (record.getMessage().startsWith("broken")) {
            throw new StackOverflowError();
          }
        };

    info("broken");
    assertThat(log.awaitWritten(LONG_NS)).isTrue();
    info("next");
    assertThat(log.awaitWritten(LONG_NS)).isTrue();

    while (records.size() < 2) {
      Thread.sleep(1);
    }
    assertThat(messages()).contains("next");
    assertThat(messages())
        .filteredOn(message -> message.startsWith("log lines are missing"))
        .singleElement()
        .asString()
        .contains("lost=0 ")
        .contains("handlerFailures=1");
    assertThat(threads).hasSize(1);
  }

  @Test
  void shouldNotThrowWhenTheLoggerDoes() {
    Logger broken =
        new Logger("broken", null) {
          @Override
          public boolean isLoggable(Level level) {
            throw new LinkageError("broken");
          }
        };

    log.add(broken, Level.INFO, "lost", null);
    BackgroundLog.log(broken, Level.INFO, "lost", null);
    info("next");

    assertThat(log.awaitWritten(LONG_NS)).isTrue();
    assertThat(messages()).contains("next");
  }

  @Test
  void shouldNotBeStoppedByAHandlerThatInterruptsItsThread() {
    before = record -> Thread.currentThread().interrupt();

    info("one");
    assertThat(log.awaitWritten(LONG_NS)).isTrue();
    info("two");

    assertThat(log.awaitWritten(LONG_NS)).isTrue();
    assertThat(messages()).containsExactly("one", "two");
  }

  @Test
  void shouldEndItsThreadWhenItIsIdleAndStartAnotherOne() throws Exception {
    BackgroundLog impatient = new BackgroundLog(this::makeThread, CAPACITY, 1);

    impatient.add(logger, Level.INFO, "one", null);
    threads.get(0).join();
    impatient.add(logger, Level.INFO, "two", null);
    assertThat(impatient.awaitWritten(LONG_NS)).isTrue();

    assertThat(messages()).containsExactly("one", "two");
    assertThat(threads).hasSize(2);
  }

  @Test
  void shouldLoseNoLineBetweenTheEndOfAThreadAndTheStartOfTheNext() {
    BackgroundLog impatient = new BackgroundLog(this::makeThread, CAPACITY, 1);
    List<String> expected = new ArrayList<>();

    for (int i = 0; i < 2000; i++) {
      expected.add("line " + i);
      impatient.add(logger, Level.INFO, "line " + i, null);
      assertThat(impatient.awaitWritten(LONG_NS)).isTrue();
    }

    assertThat(messages()).isEqualTo(expected);
    assertThat(threads).hasSizeGreaterThan(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldKeepLinesUntilAThreadCanBeStarted(boolean made) throws Exception {
    AtomicInteger failures = new AtomicInteger(2);
    BackgroundLog starting = new BackgroundLog(failing(failures, made), CAPACITY, LONG_NS);

    starting.add(logger, Level.INFO, "one", null);
    assertThat(starting.awaitWritten(LONG_NS)).as("without a thread").isFalse();
    assertThat(failures).hasValue(0);
    starting.add(logger, Level.INFO, "two", null);

    assertThat(starting.awaitWritten(LONG_NS)).isTrue();
    while (records.size() < 3) {
      Thread.sleep(1);
    }
    assertThat(messages())
        .filteredOn(message -> message.length() == 3)
        .containsExactly("one", "two");
    assertThat(messages())
        .filteredOn(message -> message.startsWith("log lines are missing or late"))
        .singleElement()
        .asString()
        .contains("lost=0 ")
        .contains("threadsNotStarted=2");
  }

  @Test
  void shouldNotWaitOnItsOwnThread() {
    List<Boolean> waited = new CopyOnWriteArrayList<>();
    before = record -> waited.add(log.awaitWritten(LONG_NS));

    info("one");

    assertThat(log.awaitWritten(LONG_NS)).isTrue();
    assertThat(waited).containsExactly(false);
  }

  @Test
  void shouldGoOnWaitingOnAThreadThatIsInterrupted() throws Exception {
    CountDownLatch handling = new CountDownLatch(1);
    before =
        record -> {
          handling.countDown();
          await(goOn);
        };
    info("one");
    await(handling);
    AtomicInteger results = new AtomicInteger();
    Thread waiting =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              boolean written = log.awaitWritten(LONG_NS);
              results.set((written ? 1 : 0) + (Thread.interrupted() ? 2 : 0));
            });
    waiting.start();

    goOn.countDown();
    waiting.join();

    assertThat(results).hasValue(3);
  }

  @Test
  void shouldKeepNothingOfALineThatIsWritten() throws Exception {
    WeakReference<Throwable> failure = logWithFailure();
    assertThat(log.awaitWritten(LONG_NS)).isTrue();
    records.clear();

    while (failure.get() != null) {
      System.gc();
      Thread.sleep(1);
    }

    assertThat(threads).singleElement().matches(Thread::isAlive);
  }

  @Test
  void shouldHaveADaemonThatKeepsNothingOfItsStarter() {
    Thread made = BackgroundLog.makeThread(() -> {});

    assertThat(made.isDaemon()).isTrue();
    assertThat(made.getContextClassLoader()).isNull();
    assertThat(made.getName()).isEqualTo("user-events-log");
  }

  private WeakReference<Throwable> logWithFailure() {
    Throwable failure = new IllegalStateException();
    log.add(logger, Level.INFO, "failed", failure);
    return new WeakReference<>(failure);
  }

  /** Has the handler hang at a line, and waits until it does. */
  private void hang() {
    CountDownLatch hanging = new CountDownLatch(1);
    before =
        record -> {
          hanging.countDown();
          await(goOn);
        };
    info("hung");
    await(hanging);
  }

  private void info(String message) {
    log.add(logger, Level.INFO, message, null);
  }

  private List<String> messages() {
    return records.stream().map(LogRecord::getMessage).toList();
  }

  private Thread makeThread(Runnable loop) {
    Thread made = BackgroundLog.makeThread(loop);
    threads.add(made);
    return made;
  }

  /** Makes no thread for so many times, or one that cannot be started. */
  private static ThreadFactory failing(AtomicInteger failures, boolean made) {
    return loop -> {
      if (failures.get() == 0) {
        return BackgroundLog.makeThread(loop);
      }
      failures.decrementAndGet();
      if (made) {
        return new Thread(loop) {
          @Override
          public synchronized void start() {
            throw new OutOfMemoryError("unable to create native thread");
          }
        };
      }
      throw new OutOfMemoryError("no memory");
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the test", e);
    }
  }
}

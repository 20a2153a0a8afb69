// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.log.BackgroundLog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ThrottledLogTest {

  private static final long MINUTE_NS = TimeUnit.MINUTES.toNanos(1);
  private static final Pattern COUNT = Pattern.compile("count=(\\d+)");

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final Logger logger = Logger.getAnonymousLogger();
  private final ThrottledLog log = new ThrottledLog(logger);

  ThrottledLogTest() {
    logger.setUseParentHandlers(false);
    logger.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            lines.add(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
  }

  @Test
  void shouldLogTheFirstAtOnceAndTheOthersOnceAMinute() {
    long nowNs = System.nanoTime();

    log.warn(count -> "a count=" + count, null, nowNs);
    log.warn(count -> "b count=" + count, null, nowNs + 1);
    log.warn(count -> "c count=" + count, null, nowNs + MINUTE_NS - 1);
    log.warn(count -> "d count=" + count, null, nowNs + MINUTE_NS);

    assertThat(lines).containsExactly("a count=1", "d count=3");
  }

  @Test
  void shouldLogTheRestWhenItIsCompletedAndThenNothing() {
    long nowNs = System.nanoTime();
    for (int i = 0; i < 12; i++) {
      log.warn(count -> "count=" + count, null, nowNs);
    }

    log.complete();
    log.complete();

    assertThat(lines).containsExactly("count=1", "count=11");
  }

  @Test
  void shouldSayHowManyFailuresALineStandsFor() {
    for (int i = 0; i < 3; i++) {
      log.warn("it failed", new IllegalStateException());
    }
    log.complete();

    assertThat(lines).containsExactly("it failed", "it failed (the last of 2 failures)");
  }

  @Test
  void shouldSurviveHandlersAndLinesThatThrow() {
    logger.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            throw new IllegalStateException("of the application");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });

    log.warn(
        count -> {
          throw new IllegalArgumentException("no line");
        },
        null,
        System.nanoTime());

    assertThat(lines).singleElement().asString().contains("cannot be described");
  }

  @Test
  void shouldCountEachEventOnceWhenThreadsLogAtTheSameTime() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 10_000; n++) {
                  log.warn(count -> "count=" + count, null, System.nanoTime());
                  if (n % 100 == 0) {
                    log.complete();
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    log.complete();

    assertThat(lines.stream().mapToLong(ThrottledLogTest::countOf).sum()).isEqualTo(40_000);
  }

  @Test
  void shouldNotWaitForAHandlerThatHangsWhenItLogsInTheBackground() throws Exception {
    ThrottledLog background = ThrottledLog.inBackground(logger);
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    logger.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            hanging.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new AssertionError("nobody interrupts the log", e);
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
    try {
      background.warn("first", null);
      hanging.await();
      background.warn("second", null);
      background.complete();
      assertThat(lines).containsExactly("first");
    } finally {
      goOn.countDown();
    }

    assertThat(BackgroundLog.await(TimeUnit.SECONDS.toNanos(60))).isTrue();
    assertThat(lines).containsExactly("first", "second");
  }

  private static long countOf(String line) {
    Matcher matcher = COUNT.matcher(line);
    assertThat(matcher.find()).as(line).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}

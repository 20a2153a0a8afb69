// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

final class ConsoleLogTest {

  private static LogRecord logged() {
    LogRecord logged = new LogRecord(Level.WARNING, "cannot {0}\nthis");
    logged.setParameters(new Object[] {"do"});
    logged.setThrown(new IllegalStateException("cause"));
    return logged;
  }

  @Test
  void shouldWriteOneLine() {
    assertThat(new ConsoleLog.OneLine(false, "").format(logged()))
        .isEqualTo("user-events: warning: cannot do\\u000athis" + System.lineSeparator());
  }

  @Test
  void shouldAddStackTraceIfAsked() {
    assertThat(new ConsoleLog.OneLine(true, "").format(logged()))
        .startsWith("user-events: warning: cannot do")
        .contains("IllegalStateException: cause", "\tat ");
  }

  @Test
  void shouldKeepLinesBackWhileAPictureIsShown() {
    List<String> written = new ArrayList<>();
    HoldingHandler handler = new HoldingHandler(new Lines(written));
    handler.publish(new LogRecord(Level.WARNING, "before"));
    handler.hold();
    for (int i = 0; i < 102; i++) {
      handler.publish(new LogRecord(Level.WARNING, "line " + i));
    }
    assertThat(written).containsExactly("before");

    handler.release();
    handler.publish(new LogRecord(Level.WARNING, "after"));

    assertThat(written).hasSize(103).contains("line 0", "line 99").doesNotContain("line 100");
    assertThat(written.subList(101, 103)).containsExactly("2 more lines were not kept", "after");
  }

  /** Collects messages. */
  private static final class Lines extends Handler {

    private final List<String> written;
    private final Formatter formatter = new SimpleFormatter();

    Lines(List<String> written) {
      this.written = written;
    }

    @Override
    public void publish(LogRecord logged) {
      written.add(formatter.formatMessage(logged));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
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
    assertThat(new ConsoleLog.OneLine(false).format(logged()))
        .isEqualTo("user-events: warning: cannot do\\u000athis" + System.lineSeparator());
  }

  @Test
  void shouldAddStackTraceIfAsked() {
    assertThat(new ConsoleLog.OneLine(true).format(logged()))
        .startsWith("user-events: warning: cannot do")
        .contains("IllegalStateException: cause", "\tat ");
  }
}

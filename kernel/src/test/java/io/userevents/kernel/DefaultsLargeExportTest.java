// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.kernel.ManySeries.Kind;
import io.userevents.kernel.SeriesProcess.Account;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An export of more than 200,000 series, many times as large as the ring and as the listener's
 * buffers, with all settings of SDK, exporter and listener at their defaults: each series is
 * received once, with its value, and the exporter accounts for each point.
 *
 * <p>An application exports one kind of series after another, each through a new SDK and exporter,
 * because starting a JVM takes long on an emulated processor.
 */
@Tag("kernel")
@TestInstance(Lifecycle.PER_CLASS)
final class DefaultsLargeExportTest {

  private enum Processors {
    ALL,

    /** The first one, for application and listener together. */
    ONE;

    SeriesProcess startApplication() throws IOException {
      return SeriesProcess.start(this == ONE ? List.of("taskset", "--cpu-list", "0") : List.of());
    }

    CollectingListener startListener() throws Exception {
      return this == ONE ? CollectingListener.startOn(0) : CollectingListener.start();
    }
  }

  private @Nullable SeriesProcess process;
  private @Nullable Processors processorsOfProcess;

  @AfterAll
  void endProcess() {
    if (process != null) {
      process.close();
      process = null;
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldReachTheListenerWhole(Kind kind) throws Exception {
    assertReceivedWhole(kind, Processors.ALL);
  }

  @ParameterizedTest
  @EnumSource
  void shouldReachTheListenerWholeWhereBothShareOneProcessor(Kind kind) throws Exception {
    assertReceivedWhole(kind, Processors.ONE);
  }

  private void assertReceivedWhole(Kind kind, Processors processors) throws Exception {
    SeriesProcess application = process(processors);
    boolean passed = false;
    try {
      assertReceivedWhole(kind, application, processors);
      passed = true;
    } finally {
      if (!passed) {
        // The process may be in the middle of an export.
        endProcess();
      }
    }
  }

  private void assertReceivedWhole(Kind kind, SeriesProcess application, Processors processors)
      throws Exception {
    int[] instruments = ManySeries.largeOf(kind);
    List<byte[]> events;
    Account account;
    application.begin(instruments);
    try (CollectingListener listener = processors.startListener()) {
      account = application.end();
      events = listener.end();
    }
    ReceivedSeries received = ReceivedSeries.of(events);
    received.requireEachOnce(instruments);
    String log = application.log();
    assertThat(account.text()).as(log).startsWith("flushed=true shutDown=true ");
    assertThat(log.lines())
        .noneMatch(line -> line.contains("SEVERE"))
        .filteredOn(line -> line.contains("WARNING"))
        // On a slow machine, a registration takes over 10 s, which the exporter logs.
        .allMatch(line -> line.contains("has not answered yet; going on without it"));
    assertThat(account.count("written")).isEqualTo(received.points());
    assertThat(account.count("notWritten")).isZero();
    assertThat(account.count("skippedExports")).isZero();
    assertThat(account.count("dropped")).isZero();
    assertThat(account.count("outcomes")).isEqualTo(account.count("offered"));
    assertThat(account.count("events")).isEqualTo(events.size());
    if (processors == Processors.ONE) {
      assertThat(account.count("availableProcessors")).isEqualTo(1);
    }
  }

  private SeriesProcess process(Processors processors) throws Exception {
    if (process == null || processorsOfProcess != processors) {
      endProcess();
      processorsOfProcess = processors;
      process = processors.startApplication();
    }
    return process;
  }
}

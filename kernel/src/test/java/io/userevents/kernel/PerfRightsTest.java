// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.KernelTracepoint;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rights that docs/reading.md names are enough. Without them, the error names what is missing.
 */
@Tag("kernel")
final class PerfRightsTest {

  private static final Path PARANOID = Path.of("/proc/sys/kernel/perf_event_paranoid");
  private static final List<String> PERFMON =
      List.of("--inh-caps=+perfmon", "--ambient-caps=+perfmon");

  @TempDir Path folder;

  private final KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT);
  private String paranoid = "";

  @BeforeEach
  void permitNobodyToReadTracefs() throws Exception {
    Nobody.letReadTheClassPath();
    // Debian's kernel has the value 3, with which CAP_PERFMON is not enough.
    paranoid = Files.readString(PARANOID);
    Files.writeString(PARANOID, "2");
    Tracing.run("mount", "-o", "remount,gid=65534,mode=0750", Tracing.TRACEFS.toString());
    tracepoint.register();
  }

  @AfterEach
  void forbid() throws Exception {
    tracepoint.close();
    Tracing.run("mount", "-o", "remount,gid=0,mode=0700", Tracing.TRACEFS.toString());
    Files.writeString(PARANOID, paranoid);
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }

  @Test
  void shouldReceiveByPerfAsNobodyWithCapPerfmonAndLittleLockedMemory() throws Exception {
    Path log = folder.resolve("log");
    Process process = start(log, PERFMON, "AUTO", "4096", "20");
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("listening by PERF");
      try (TestEvents events = new TestEvents()) {
        for (int i = 0; i < 20; i++) {
          assertThat(events.write(new byte[100 + i])).isZero();
        }
      }
      assertThat(output.readLine()).isEqualTo("received bytes=2190 lost=0");
    }
    assertThat(process.waitFor()).isZero();
    assertThat(Files.readString(log))
        .contains("smaller perf rings than asked for")
        .contains("asked_kb=4,096".replace(",", ""))
        .contains("by perf cpus=2 ring_kb=512");
  }

  @Test
  void shouldSayWhichRightsAreMissingAsNobody() throws Exception {
    Process process = start(folder.resolve("log"), List.of(), "AUTO", "64", "1");
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine())
          .startsWith("refused: cannot listen to [" + Tracing.EVENT + "] by perf: ")
          .contains("perf_event_open failed: path=" + Tracing.EVENT + " cpu=0 errno=EACCES (13, ")
          .contains("CAP_PERFMON")
          .contains("perf_event_paranoid=2; nor by ftrace: mkdir failed: path=")
          .contains("errno=EACCES (13, ");
    }
    assertThat(process.waitFor()).isZero();
  }

  /** Root without CAP_PERFMON and without CAP_SYS_ADMIN. */
  @Test
  void shouldTakeFtraceAndLogWhyWherePerfIsRefused() throws Exception {
    Path log = folder.resolve("log");
    Process process =
        start(
            log,
            List.of("setpriv", "--bounding-set=-perfmon,-sys_admin"),
            List.of("AUTO", "64", "1"));
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("listening by FTRACE");
      try (TestEvents events = new TestEvents()) {
        assertThat(events.write(new byte[100])).isZero();
      }
      assertThat(output.readLine()).isEqualTo("received bytes=100 lost=0");
    }
    assertThat(process.waitFor()).isZero();
    assertThat(Files.readString(log))
        .contains("listening to [" + Tracing.EVENT + "] by ftrace instance=")
        .contains("; perf is not possible: perf_event_open failed: path=" + Tracing.EVENT)
        .contains("errno=EACCES (13, ")
        .contains("CAP_PERFMON");
  }

  private static Process start(Path log, List<String> capabilities, String... arguments)
      throws Exception {
    List<String> prefix = new ArrayList<>(List.of("prlimit", "--memlock=0"));
    prefix.addAll(List.of(Nobody.prefix()));
    prefix.addAll(capabilities);
    return start(log, prefix, List.of(arguments));
  }

  private static Process start(Path log, List<String> prefix, List<String> arguments)
      throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(KernelTests.javaOfThisProcess(), "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(CountingListener.class.getName());
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(log.toFile()).start();
  }
}

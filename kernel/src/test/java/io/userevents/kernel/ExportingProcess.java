// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.exporter.ExporterStatistics;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.tracepoint.EventLayout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An application in a separate process, controlled line by line: {@code add N} adds to a counter
 * and exports, {@code dup2 FROM TO} makes one descriptor a copy of another, {@code end} closes the
 * SDK and ends the process. It answers each line with one line. Its log is in English. It supports
 * only the exporter's properties for the descriptor and the event's name.
 */
final class ExportingProcess implements AutoCloseable {

  static final String DESCRIPTOR_PROPERTY = "otel.exporter.user_events.data_file_descriptor";

  static final String EVENT_NAME_PROPERTY = "otel.exporter.user_events.event_name";

  private static final NativeLibrary LIBC = NativeLibrary.getInstance("c");

  private final Process process;
  private final BufferedReader answers;

  private ExportingProcess(Process process) {
    this.process = process;
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts the process and waits until its exporter is created.
   *
   * @param log where its log goes
   * @param prefix a command that runs the process, e.g. as another user
   */
  static ExportingProcess start(String name, Path log, String... prefix) throws IOException {
    List<String> command = new ArrayList<>(List.of(prefix));
    command.addAll(List.of(KernelTests.javaOfThisProcess(), "-XX:TieredStopAtLevel=1"));
    // The names of log levels are translated.
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx128m", "-Duser.language=en", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(ExportingProcess.class.getName(), name));
    ExportingProcess started =
        new ExportingProcess(new ProcessBuilder(command).redirectError(log.toFile()).start());
    started.expect("ready");
    return started;
  }

  /** Starts the process by a shell script whose last command must run {@code "$@"}. */
  static ExportingProcess startByShell(String name, Path log, String script) throws IOException {
    return start(name, log, "sh", "-euc", script, "sh");
  }

  /**
   * Returns all warnings except the one about a machine that is too busy to run the consumer for a
   * while.
   */
  static List<String> warnings(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.startsWith("WARNING: "))
        .filter(line -> !line.contains(" has not answered yet; "))
        .toList();
  }

  long pid() {
    return process.pid();
  }

  String ask(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    return answers.readLine();
  }

  /**
   * Ends the process and checks that every record that was offered to its exporter has an outcome.
   */
  int end() throws IOException, InterruptedException {
    assertThat(ask("end")).matches("ended offered=(\\d+) outcomes=\\1");
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void expect(String expected) throws IOException {
    String answer = answers.readLine();
    if (!expected.equals(answer)) {
      throw new AssertionError("expected " + expected + ", the process said " + answer);
    }
  }

  public static void main(String[] arguments) throws IOException {
    UserEventsMetricExporter exporter =
        UserEventsMetricExporter.builder()
            .setDataFileDescriptor(Integer.getInteger(DESCRIPTOR_PROPERTY, -1))
            .setEventName(System.getProperty(EVENT_NAME_PROPERTY, EventLayout.OTLP_METRICS))
            .build();
    SdkMeterProvider provider = TestSdk.create(exporter);
    LongCounter counter = provider.get("process").counterBuilder("added").build();
    Attributes attributes = Attributes.builder().put("process", arguments[0]).build();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    // The test may attach a reader next, for which the event must exist.
    boolean unused = exporter.awaitRegistration(Duration.ofMinutes(5));
    System.out.println("ready");
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("add ")) {
        counter.add(Long.parseLong(line.substring("add ".length())), attributes);
        boolean success = provider.forceFlush().join(300, TimeUnit.SECONDS).isSuccess();
        ExporterStatistics statistics = exporter.statistics();
        System.out.println("success=" + success + " written=" + statistics.points(Outcome.WRITTEN));
      } else if (line.startsWith("dup2 ")) {
        String[] descriptors = line.split(" ", -1);
        System.out.println(
            LIBC.getFunction("dup2")
                .invokeInt(
                    new Object[] {
                      Integer.valueOf(descriptors[1]), Integer.valueOf(descriptors[2])
                    }));
      } else {
        provider.close();
        PipelineStatistics statistics = exporter.statistics().pipeline();
        System.out.println(
            "ended offered=" + statistics.offered() + " outcomes=" + statistics.outcomes());
        return;
      }
    }
  }
}

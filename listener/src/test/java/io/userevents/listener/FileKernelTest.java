// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.affinity.CpuAffinity;
import io.userevents.listener.file.EventFile;
import io.userevents.listener.file.PerfDataWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of perf, of trace-cmd and of this library, recorded at the same time. */
@Tag("kernel")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileKernelTest extends KernelListening {

  private static final int CPUS = 2;
  private static final int EVENTS_OF_CPU = 150;

  @TempDir Path folder = Path.of("");

  /** Alive until their names have been read. */
  private final ExecutorService threads = Executors.newFixedThreadPool(CPUS);

  @AfterEach
  void endThreads() {
    threads.shutdown();
  }

  @Test
  void shouldReadTheSameEventsFromFilesOfAllRecorders() throws Exception {
    Path perf = folder.resolve("perf.data");
    Path trace = folder.resolve("trace.dat");
    Path own = folder.resolve("own.data");
    List<ReceivedEvent> live = new ArrayList<>();
    try (EventSource holder = new EventSource(eventName, CPUS);
        TracepointListener listener = builder(Source.PERF).setBufferSizeKb(1024).open();
        PerfDataWriter writer = PerfDataWriter.create(own, listener.formats())) {
      assertThat(holder.isEnabled()).isTrue();
      Process recorders = startRecorders(perf, trace);
      writeOnAllCpus();
      // They run as long as their innermost command reads.
      recorders.getOutputStream().close();
      EventHandler both =
          sample -> {
            live.add(sample.copy());
            writer.onEvent(sample);
          };
      while (listener.poll(both, 0) > 0) {
        writer.endRound();
      }
      writer.addLost(listener.kernelStatistics().lost());
      assertThat(recorders.waitFor(200, TimeUnit.SECONDS)).isTrue();
      assertThat(recorders.exitValue()).isZero();
    }

    assertThat(live).hasSize(CPUS * EVENTS_OF_CPU);
    assertComplete(live);
    assertComplete(read(perf));
    assertComplete(read(trace));
    List<ReceivedEvent> ofOwn = read(own);
    assertComplete(ofOwn);
    for (int i = 1; i < ofOwn.size(); i++) {
      assertThat(ofOwn.get(i).timestampNs()).isGreaterThanOrEqualTo(ofOwn.get(i - 1).timestampNs());
    }
    assertThatPerfShows(own, ofOwn);
  }

  /** perf starts its command when it records on all CPUs, and so does trace-cmd. */
  private Process startRecorders(Path perf, Path trace) throws Exception {
    Path ready = folder.resolve("ready");
    String event = "user_events:" + eventName;
    List<String> command = new ArrayList<>();
    command.addAll(List.of("perf", "record", "-a", "-k", "mono", "-m", "1024", "-e", event));
    command.addAll(List.of("--no-buildid", "--no-bpf-event", "--synth=no"));
    command.addAll(List.of("-o", perf.toString(), "--"));
    command.addAll(List.of("trace-cmd", "record", "-C", "mono", "-b", "4096", "-e", event));
    command.addAll(List.of("-o", trace.toString()));
    command.addAll(List.of("sh", "-c", "touch " + ready + "; cat"));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    long startNs = System.nanoTime();
    while (!Files.exists(ready)) {
      assertThat(process.isAlive()).as("recorders; log in %s", folder).isTrue();
      assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(120));
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return process;
  }

  private void writeOnAllCpus() throws Exception {
    List<Future<?>> written = new ArrayList<>();
    for (int i = 0; i < CPUS; i++) {
      int cpu = i;
      written.add(
          threads.submit(
              () -> {
                CpuAffinity.pinCurrentThread(cpu);
                try (EventSource source = new EventSource(eventName, cpu)) {
                  for (int k = 0; k < EVENTS_OF_CPU; k++) {
                    assertThat(source.write()).isZero();
                  }
                }
                return null;
              }));
    }
    for (Future<?> writer : written) {
      writer.get();
    }
  }

  private List<ReceivedEvent> read(Path path) throws Exception {
    List<ReceivedEvent> received = new ArrayList<>();
    try (EventFile file = EventFile.builder(path).setEventNames(eventName).open()) {
      file.readAll(EventHandler.copying(received::add));
      assertThat(file.clock()).isEqualTo("mono");
      assertThat(file.statistics().lostEvents()).isZero();
      assertThat(file.statistics().lostUncounted()).isZero();
      assertThat(file.statistics().malformedEvents()).isZero();
      assertThat(file.statistics().isCut()).isFalse();
    }
    return received;
  }

  private static void assertComplete(List<ReceivedEvent> received) {
    for (int cpu = 0; cpu < CPUS; cpu++) {
      int onThis = cpu;
      List<ReceivedEvent> ofCpu = received.stream().filter(event -> event.cpu() == onThis).toList();
      assertThat(ofCpu).hasSize(EVENTS_OF_CPU);
      for (int i = 0; i < EVENTS_OF_CPU; i++) {
        assertThat(ofCpu.get(i).bytes()).isEqualTo(EventSource.payload(cpu, i));
      }
    }
  }

  private static void assertThatPerfShows(Path file, List<ReceivedEvent> events) throws Exception {
    Process process =
        new ProcessBuilder("perf", "script", "--ns", "-i", file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor()).isZero();
    assertThat(lines).hasSameSizeAs(events);
    for (int i = 0; i < lines.size(); i++) {
      ReceivedEvent event = events.get(i);
      long seconds = TimeUnit.NANOSECONDS.toSeconds(event.timestampNs());
      long rest = event.timestampNs() - TimeUnit.SECONDS.toNanos(seconds);
      assertThat(lines.get(i))
          .contains("[%03d]".formatted(event.cpu()))
          .contains(" %d.%09d:".formatted(seconds, rest))
          .contains("user_events:" + event.tracepoint())
          .contains("protocol=0")
          .contains("version=")
          // The names of this JVM's threads in a pool.
          .contains("pool-");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.userevents.listener.ReceivedEvent;
import io.userevents.listener.TracepointFormat;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerfDataWriterTest {

  private static final Path FULL = Path.of("/dev/full");

  @TempDir Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"perf-file.data", "trace-v6.dat"})
  void shouldWriteWhatIsReadAgain(String name) throws Exception {
    Path source = RecordedFiles.copy(name, folder);
    Path target = folder.resolve("written");
    long size = write(source, target);

    assertThat(size).isEqualTo(Files.size(target));
    List<ReceivedEvent> before = RecordedFiles.events(source);
    List<ReceivedEvent> after = RecordedFiles.events(target);
    assertThat(RecordedFiles.payloads(after)).isEqualTo(RecordedFiles.payloads(before));
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i).timestampNs()).isEqualTo(before.get(i).timestampNs());
      assertThat(after.get(i).cpu()).isEqualTo(before.get(i).cpu());
      assertThat(after.get(i).tid()).isEqualTo(before.get(i).tid());
      // ftrace does not tell the process.
      assertThat(after.get(i).pid()).isEqualTo(before.get(i).tid());
    }
  }

  @Test
  void shouldWriteAFileThatPerfShows() throws Exception {
    Path perf = Path.of("/usr/bin/perf");
    if (!Files.isExecutable(perf)) {
      System.out.println("skipped: perf is not installed here; the kernel tests have it");
    }
    assumeTrue(Files.isExecutable(perf));
    Path target = folder.resolve("written");
    write(RecordedFiles.copy("perf-file.data", folder), target);

    List<String> lines = run(perf, "script", "-i", target.toString());
    assertThat(lines).hasSize(40);
    assertThat(lines.get(0))
        .contains(
            "[000]",
            "16.547826:",
            "user_events:otlp_metrics:",
            "protocol=0 version=v0.19.00",
            " 134 ");
    assertThat(lines.get(39)).contains("[001]");
    // perf does not print the name here for a stream, not even for its own streams.
    assertThat(run(perf, "evlist", "-v", "-i", target.toString()).get(0))
        .contains("config: 0x1d0", "TID|TIME|CPU|RAW|IDENTIFIER", "clockid: 1");
    assertThat(run(perf, "report", "--stdio", "-i", target.toString()))
        .anyMatch(line -> line.contains("Samples: 40"));
  }

  @Test
  void shouldNotAllocateForAnEvent() throws Exception {
    int events = 100_000;
    long[] allocated = {-1};
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Path source = RecordedFiles.copy("perf-file.data", folder);
    Path target = folder.resolve("written");
    try (EventFile file = EventFile.builder(source).open();
        PerfDataWriter writer = PerfDataWriter.create(target, file.formats())) {
      file.readAll(
          sample -> {
            writer.onEvent(sample);
            if (writer.events() == 10) {
              long before = threads.getCurrentThreadAllocatedBytes();
              for (int i = 0; i < events; i++) {
                writer.onEvent(sample);
              }
              allocated[0] = threads.getCurrentThreadAllocatedBytes() - before;
            }
          });
      assertThat(writer.events()).isEqualTo(events + 40);
    }
    // The JDK needs some objects for a flush: one for 2,500 events of this length.
    assertThat(allocated[0]).isBetween(0L, (long) events);
  }

  @Test
  void shouldKeepAllThatIsFlushed() throws Exception {
    Path target = folder.resolve("written");
    Path source = RecordedFiles.copy("perf-file.data", folder);
    try (EventFile file = EventFile.builder(source).open();
        PerfDataWriter writer = PerfDataWriter.create(target, file.formats())) {
      file.poll(writer);
      writer.flush();
      assertThat(RecordedFiles.events(target)).hasSize((int) writer.events());
    }
  }

  @Test
  void shouldTellLosses() throws Exception {
    Path target = folder.resolve("written");
    try (PerfDataWriter writer = PerfDataWriter.create(target, formats())) {
      writer.addLost(0);
      writer.addLost(3);
      writer.addLost(4);
    }
    try (EventFile file = EventFile.builder(target).open()) {
      assertThat(file.readAll(sample -> {})).isZero();
      assertThat(file.statistics().lostEvents()).isEqualTo(7);
    }
  }

  @Test
  void shouldSayThatTheDiskIsFull() throws Exception {
    assumeTrue(Files.isWritable(FULL));
    assertThatThrownBy(() -> PerfDataWriter.create(FULL, formats()))
        .isInstanceOf(EventFileException.class)
        .hasMessageContaining("write failed")
        .hasMessageContaining("/dev/full")
        .hasMessageContaining("No space left");
  }

  @Test
  void shouldWriteAllEventsOnAThreadThatIsInterrupted() throws Exception {
    Path source = RecordedFiles.copy("perf-file.data", folder);
    Path target = folder.resolve("written");
    List<ReceivedEvent> events = RecordedFiles.events(source);
    try (EventFile file = EventFile.builder(source).open();
        PerfDataWriter writer = PerfDataWriter.create(target, formats())) {
      file.readAll(writer);
      Thread.currentThread().interrupt();
      writer.flush();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(RecordedFiles.events(target)).hasSameSizeAs(events);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .as("as perf's: attributes of all services may be in it")
        .isEqualTo("rw-------");
  }

  @Test
  void shouldRefuseWhatItCannotWrite() throws Exception {
    Path target = folder.resolve("written");
    assertThatThrownBy(() -> PerfDataWriter.create(folder, formats()))
        .isInstanceOf(EventFileException.class);
    assertThatThrownBy(() -> PerfDataWriter.create(target, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    Path source = RecordedFiles.copy("perf-file.data", folder);
    PerfDataWriter writer =
        PerfDataWriter.create(target, List.of(new TracepointFormat("other", 7, "name: other")));
    try (EventFile file = EventFile.builder(source).open()) {
      assertThatThrownBy(() -> file.readAll(writer))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tracepointId=464");
      writer.close();
      writer.close();
      assertThatThrownBy(() -> file.readAll(writer)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void shouldNameOwnThread() throws Exception {
    ThreadNames names = new ThreadNames();
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[ThreadNames.MAX_LENGTH]);
    int pid = (int) ProcessHandle.current().pid();

    int length = names.put(buffer, 0, pid, pid);

    String comm = Files.readString(Path.of("/proc/self/comm")).strip();
    assertThat(buffer.getInt(0)).isEqualTo(3);
    assertThat(buffer.getShort(6)).isEqualTo((short) length);
    assertThat(buffer.getStringWithoutLengthAscii(16, comm.length() + 1)).isEqualTo(comm + "\0");
    assertThat(names.put(buffer, 0, pid, pid)).as("the second time").isZero();
  }

  @Test
  void shouldNameThreadThatHasEndedByItsProcess() throws Exception {
    Files.writeString(Files.createDirectory(folder.resolve("5")).resolve("comm"), "server\n");
    ThreadNames names = new ThreadNames(folder);
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[ThreadNames.MAX_LENGTH]);

    assertThat(names.put(buffer, 0, 5, 6)).isEqualTo(24);
    assertThat(buffer.getInt(8)).isEqualTo(5);
    assertThat(buffer.getInt(12)).isEqualTo(6);
    assertThat(buffer.getStringWithoutLengthAscii(16, 7)).isEqualTo("server\0");
    assertThat(names.put(buffer, 0, 7, 7)).as("a process that has ended").isZero();
  }

  @Test
  void shouldReadAFileThatIsCutAnywhere() throws Exception {
    Path target = folder.resolve("written");
    write(RecordedFiles.copy("perf-file.data", folder), target);
    byte[] bytes = Files.readAllBytes(target);
    List<List<Byte>> all = RecordedFiles.payloads(RecordedFiles.events(target));
    for (int length = bytes.length; length > bytes.length - 1000; length--) {
      Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, length));
      List<List<Byte>> read = RecordedFiles.payloads(RecordedFiles.events(cut));
      assertThat(read).hasSizeGreaterThan(10).isEqualTo(all.subList(0, read.size()));
    }
  }

  private List<TracepointFormat> formats() throws Exception {
    try (EventFile file = EventFile.builder(RecordedFiles.copy("perf-file.data", folder)).open()) {
      return file.formats();
    }
  }

  private static long write(Path source, Path target) throws Exception {
    try (EventFile file = EventFile.builder(source).open();
        PerfDataWriter writer = PerfDataWriter.create(target, file.formats())) {
      while (file.poll(writer) != EventFile.END) {
        writer.endRound();
      }
      return writer.sizeBytes();
    }
  }

  private static List<String> run(Path program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor()).as("%s", command).isZero();
    return lines;
  }
}

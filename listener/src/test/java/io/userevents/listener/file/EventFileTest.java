// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.listener.EventHandler;
import io.userevents.listener.ReceivedEvent;
import io.userevents.listener.Sample;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EventFileTest {

  @TempDir Path folder = Path.of("");

  static Stream<String> all() {
    return RecordedFiles.ALL.stream();
  }

  static Stream<String> whole() {
    return all().filter(name -> !name.startsWith("trace-v7-plain") && !name.contains("instances"));
  }

  @ParameterizedTest
  @MethodSource("whole")
  void shouldReadTheSameEventsFromFilesOfAllFormats(String name) throws Exception {
    List<ReceivedEvent> received = RecordedFiles.events(RecordedFiles.copy(name, folder));

    assertThat(received).hasSize(40);
    long before = 0;
    for (int i = 0; i < 40; i++) {
      ReceivedEvent event = received.get(i);
      assertThat(event.tracepoint()).isEqualTo("otlp_metrics");
      assertThat(event.cpu()).isEqualTo(i / 20);
      assertThat(event.bytes()[0]).isEqualTo((byte) (i / 20));
      assertThat(event.bytes()[1]).isEqualTo((byte) (i % 20));
      assertThat(event.timestampNs()).isGreaterThan(before);
      assertThat(event.tid()).isPositive().isEqualTo(received.get(0).tid());
      assertThat(event.pid()).isEqualTo(pid(name, event));
      before = event.timestampNs();
    }
    assertThat(RecordedFiles.payloads(received))
        .isEqualTo(
            RecordedFiles.payloads(
                RecordedFiles.events(RecordedFiles.copy("perf-file.data", folder))));
  }

  /** Those of perf 7 are of the first thread of a JVM, whose process has the number before. */
  private static int pid(String file, ReceivedEvent event) {
    if (file.startsWith("perf7")) {
      return event.tid() - 1;
    }
    return file.startsWith("perf") ? event.tid() : Sample.UNKNOWN_PID;
  }

  @Test
  void shouldReadAFileThatIsNotCompressed() throws Exception {
    assertThat(RecordedFiles.events(RecordedFiles.copy("trace-v7-plain.dat", folder)))
        .hasSize(20)
        .allMatch(event -> event.cpu() == 0);
  }

  @Test
  void shouldReadTheEventsOfEachTraceInstance() throws Exception {
    List<ReceivedEvent> received =
        RecordedFiles.events(RecordedFiles.copy("trace-instances.dat", folder));

    assertThat(received).hasSize(80);
    for (int i = 0; i < 80; i += 2) {
      assertThat(received.get(i).bytes()).isEqualTo(received.get(i + 1).bytes());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "perf-file.data, PERF_DATA, perf",
    "perf-stream.data, PERF_STREAM, mono",
    "trace-v6.dat, TRACE_DAT, local",
    "trace-instances.dat, TRACE_DAT, mono"
  })
  void shouldTellFormatAndClock(String name, FileFormat format, String clock) throws Exception {
    try (EventFile file = EventFile.builder(RecordedFiles.copy(name, folder)).open()) {
      file.readAll(sample -> {});

      assertThat(file.format()).isEqualTo(format);
      assertThat(file.clock()).isEqualTo(clock);
      assertThat(file.isFormatAssumed()).isFalse();
      assertThat(file.formats()).hasSize(1);
      assertThat(file.formats().get(0).name()).isEqualTo("otlp_metrics");
      assertThat(file.formats().get(0).text()).contains("ID: " + file.formats().get(0).id());
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void shouldReadAStream(String name) throws Exception {
    byte[] bytes = RecordedFiles.read(name);
    List<ReceivedEvent> received = new ArrayList<>();
    try (EventFile file =
        EventFile.builder(new ByteArrayInputStream(bytes), "standard input").open()) {
      file.readAll(EventHandler.copying(received::add));
    }
    assertThat(RecordedFiles.payloads(received))
        .isEqualTo(RecordedFiles.payloads(RecordedFiles.events(RecordedFiles.copy(name, folder))));
  }

  @ParameterizedTest
  @MethodSource("all")
  void shouldCloseTheStream(String name) throws Exception {
    AtomicBoolean isClosed = new AtomicBoolean();
    InputStream stream =
        new FilterInputStream(new ByteArrayInputStream(RecordedFiles.read(name))) {
          @Override
          public void close() {
            isClosed.set(true);
          }
        };
    EventFile.builder(stream, "standard input").open().close();

    assertThat(isClosed).isTrue();
  }

  @ParameterizedTest
  @MethodSource("all")
  void shouldReadToTheEndOnAnInterruptedThread(String name) throws Exception {
    Path path = RecordedFiles.copy(name, folder);
    int expected = RecordedFiles.events(path).size();
    List<ReceivedEvent> received = new ArrayList<>();
    try (EventFile file = EventFile.builder(path).open();
        EventFile stream = EventFile.builder(Files.newInputStream(path), "stream").open()) {
      Thread.currentThread().interrupt();
      file.readAll(EventHandler.copying(received::add));

      assertThat(Thread.interrupted()).as("the status stays set").isTrue();
      assertThat(stream.readAll(sample -> {})).isEqualTo(expected);
    } finally {
      boolean unused = Thread.interrupted();
    }
    assertThat(received).hasSize(expected);
  }

  /** Both read and wait where an interrupt would close a channel. */
  @Test
  void shouldReadANamedPipeOnAnInterruptedThread() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path recorded = RecordedFiles.copy("perf-stream.data", folder);
    Process writer =
        new ProcessBuilder("sh", "-c", "cat '" + recorded + "' >'" + pipe + "'").start();
    try (EventFile file = EventFile.builder(pipe).open()) {
      Thread.currentThread().interrupt();

      assertThat(file.readAll(sample -> {})).isEqualTo(40);
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      boolean unused = Thread.interrupted();
    }
    assertThat(writer.waitFor()).isZero();
  }

  @Test
  void shouldCountEventsOfOtherTracepoints() throws Exception {
    for (String name : List.of("perf-two-events.data", "trace-instances.dat")) {
      try (EventFile file = EventFile.builder(RecordedFiles.copy(name, folder)).open()) {
        file.readAll(sample -> {});
        assertThat(file.statistics().foreignEvents()).as(name).isEqualTo(39);
        assertThat(file.statistics().malformedEvents()).as(name).isZero();
      }
    }
  }

  @Test
  void shouldSayThatAFileLacksTheTracepoint() throws Exception {
    for (String name : RecordedFiles.ALL) {
      Path path = RecordedFiles.copy(name, folder);
      try (EventFile file = EventFile.builder(path).setEventNames("otlp_logs").open()) {
        assertThatThrownBy(() -> file.readAll(sample -> {}))
            .isInstanceOf(EventFileException.class)
            .hasMessageContaining(path.toString())
            .hasMessageContaining("otlp_logs");
      }
    }
  }

  @Test
  void shouldGoOnAfterAHandlerHasThrown() throws Exception {
    for (String name : List.of("perf-file.data", "trace-v6.dat")) {
      List<ReceivedEvent> received = new ArrayList<>();
      try (EventFile file = EventFile.builder(RecordedFiles.copy(name, folder)).open()) {
        assertThatThrownBy(
                () ->
                    file.readAll(
                        sample -> {
                          received.add(sample.copy());
                          if (received.size() == 7) {
                            throw new IllegalStateException("on purpose");
                          }
                        }))
            .hasMessage("on purpose");
        file.readAll(EventHandler.copying(received::add));
        assertThat(file.statistics().events()).isEqualTo(40);
      }
      assertThat(received).hasSize(40);
      assertThat(received.get(7).bytes()[1]).isEqualTo((byte) 7);
    }
  }

  /** As {@code kill -9} of perf leaves it: no length of the records, and nothing behind them. */
  @Test
  void shouldReadAFileWhoseRecorderWasKilled() throws Exception {
    byte[] bytes = RecordedFiles.read("perf-file.data");
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int end = (int) (fields.getLong(40) + fields.getLong(48));
    fields.putLong(48, 0);
    Path path = Files.write(folder.resolve("killed"), Arrays.copyOf(bytes, end - 12));
    List<ReceivedEvent> received = new ArrayList<>();
    try (EventFile file = EventFile.builder(path).setEventNames("otlp_metrics").open()) {
      file.readAll(EventHandler.copying(received::add));
      assertThat(file.statistics().isCut()).isTrue();
      assertThat(file.isFormatAssumed()).isTrue();
    }
    assertThat(received).hasSize(40).allMatch(event -> event.tracepoint().equals("otlp_metrics"));
  }

  @Test
  void shouldReadAStreamUpToWhereItIsCut() throws Exception {
    byte[] bytes = RecordedFiles.read("perf-stream.data");
    int last = 0;
    for (int length = bytes.length; length > bytes.length - 3000; length -= 97) {
      List<ReceivedEvent> received = new ArrayList<>();
      Path path = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, length));
      try (EventFile file = EventFile.builder(path).open()) {
        file.readAll(EventHandler.copying(received::add));
      }
      last = received.size();
      assertThat(RecordedFiles.payloads(received))
          .isEqualTo(
              RecordedFiles.payloads(
                      RecordedFiles.events(RecordedFiles.copy("perf-file.data", folder)))
                  .subList(0, last));
    }
    assertThat(last).isBetween(1, 39);
  }

  @Test
  void shouldNameOffsetOfBytesThatMakeNoSense() throws Exception {
    byte[] bytes = RecordedFiles.read("perf-file.data");
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = (int) fields.getLong(40);
    while (fields.getInt(at) != 9) {
      at += fields.getShort(at + 6);
    }
    at += fields.getShort(at + 6);
    fields.putShort(at + 6, (short) 4);
    Path path = Files.write(folder.resolve("spoilt"), bytes);
    int place = at;
    List<ReceivedEvent> received = new ArrayList<>();
    try (EventFile file = EventFile.builder(path).open()) {
      assertThatExceptionOfType(EventFileException.class)
          .isThrownBy(() -> file.readAll(EventHandler.copying(received::add)))
          .satisfies(e -> assertThat(e.offset()).isEqualTo(place))
          .satisfies(e -> assertThat(e.file()).isEqualTo(path.toString()))
          .withMessageContaining("length=4");
    }
    assertThat(received).as("those before").hasSize(1);
  }

  @Test
  void shouldRefuseOtherFiles() throws Exception {
    for (String text : List.of("", "P", "PERFILE2", "#!/bin/sh\nexit 0\n", "2ELIFREP 0123456789")) {
      Path path = Files.write(folder.resolve("other"), text.getBytes(US_ASCII));
      assertThatThrownBy(() -> EventFile.builder(path).open())
          .as(text)
          .isInstanceOf(EventFileException.class)
          .hasMessageContaining(path.toString());
    }
    assertThatThrownBy(() -> EventFile.builder(folder).open())
        .isInstanceOf(EventFileException.class)
        .hasMessageContaining("--threads");
    assertThatThrownBy(() -> EventFile.builder(folder.resolve("none")).open())
        .isInstanceOf(EventFileException.class)
        .hasMessageContaining("none");
  }
}

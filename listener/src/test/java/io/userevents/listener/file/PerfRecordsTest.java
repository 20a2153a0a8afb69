// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.listener.EventHandler;
import io.userevents.listener.ReceivedEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of perf files that the recorded ones do not have. */
class PerfRecordsTest {

  private static final int LOST = 2;
  private static final int SAMPLE = 9;
  private static final int LOST_SAMPLES = 13;
  private static final int FINISHED_ROUND = 68;
  private static final int AUXTRACE = 71;
  private static final int COMPRESSED = 81;
  private static final int COMPRESSED2 = 83;
  private static final int NEWER_THAN_ALL = 200;
  private static final int FILTERED = 1 << 15;

  @TempDir Path folder = Path.of("");

  /** perf counts the same losses twice: as the rings tell of them, and once more at the end. */
  @Test
  void shouldCountEachLossOnce() throws Exception {
    ByteArrayOutputStream bytes = stream();
    bytes.writeBytes(record(LOST, 0, 1, 30));
    bytes.writeBytes(record(LOST, 0, 1, 12));
    bytes.writeBytes(record(LOST_SAMPLES, 0, 50));
    bytes.writeBytes(record(LOST_SAMPLES, FILTERED, 1000));
    assertThat(read(bytes).lostEvents()).isEqualTo(50);
  }

  @Test
  void shouldCountLossesOfRingsWherePerfDoesNotAskAtTheEnd() throws Exception {
    ByteArrayOutputStream bytes = stream();
    bytes.writeBytes(record(LOST, 0, 1, 30));
    bytes.writeBytes(record(LOST, 0, 2, Long.MAX_VALUE));
    bytes.writeBytes(record(LOST, 0, 2, -1));
    assertThat(read(bytes).lostEvents()).isGreaterThan(1L << 40);
  }

  @Test
  void shouldSkipRecordsThatItDoesNotKnow() throws Exception {
    ByteArrayOutputStream bytes = stream();
    bytes.writeBytes(record(NEWER_THAN_ALL, 7, 1, 2, 3));
    bytes.writeBytes(record(AUXTRACE, 0, 24));
    // The bytes that it announces after itself look like a record and are not one.
    bytes.writeBytes(record(LOST, 0, 1, 99));
    bytes.writeBytes(record(LOST, 0, 1, 5));

    EventFileStatistics statistics = read(bytes);

    assertThat(statistics.lostEvents()).isEqualTo(5);
    assertThat(statistics.isCut()).isFalse();
  }

  @Test
  void shouldReadWhatNewerPerfsCompress() throws Exception {
    byte[] file = RecordedFiles.read("perf-zstd.data");
    ByteBuffer old = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int from = (int) old.getLong(40);
    int to = from + (int) old.getLong(48);
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    int compressed = 0;
    for (int at = from; at < to; at += old.getShort(at + 6) & 0xFFFF) {
      int length = old.getShort(at + 6) & 0xFFFF;
      if (old.getInt(at) == COMPRESSED) {
        int padded = (length - 8 + 7) / 8 * 8;
        ByteBuffer newer = ByteBuffer.allocate(16 + padded).order(ByteOrder.LITTLE_ENDIAN);
        newer.putInt(COMPRESSED2).putShort((short) 0).putShort((short) (16 + padded));
        newer.putLong(length - 8).put(file, at + 8, length - 8);
        records.writeBytes(newer.array());
        compressed++;
      } else {
        records.write(file, at, length);
      }
    }
    assertThat(compressed).isPositive();
    int moved = records.size() - (to - from);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(file, 0, from);
    whole.writeBytes(records.toByteArray());
    whole.write(file, to, file.length - to);
    byte[] bytes = whole.toByteArray();
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.putLong(48, records.size());
    fields.putLong(to + moved, fields.getLong(to + moved) + moved);

    assertThat(
            RecordedFiles.payloads(
                RecordedFiles.events(Files.write(folder.resolve("newer"), bytes))))
        .isEqualTo(
            RecordedFiles.payloads(
                RecordedFiles.events(RecordedFiles.copy("perf-file.data", folder))));
  }

  @Test
  void shouldPutEventsOfARoundInOrder() throws Exception {
    ByteArrayOutputStream bytes = stream();
    List<byte[]> samples = samples();
    for (int i = samples.size() - 1; i >= 20; i--) {
      bytes.writeBytes(samples.get(i));
    }
    bytes.writeBytes(record(FINISHED_ROUND, 0));
    for (int i = 0; i < 20; i++) {
      bytes.writeBytes(samples.get(i));
    }
    bytes.writeBytes(record(FINISHED_ROUND, 0));
    List<Long> times = new ArrayList<>();
    EventFileStatistics statistics = read(bytes, sample -> times.add(sample.timestampNs()));

    assertThat(times).hasSize(40).isSorted();
    assertThat(statistics.unorderedEvents()).isZero();
  }

  @Test
  void shouldHandOutEventsEarlyWhenTheyTakeTooMuchMemory() throws Exception {
    ByteArrayOutputStream bytes = stream();
    List<byte[]> samples = samples();
    for (int round = 0; round < 200; round++) {
      samples.forEach(bytes::writeBytes);
    }
    int[] count = {0};
    try (EventFile file =
        EventFile.builder(new ByteArrayInputStream(bytes.toByteArray()), "stream")
            .setSortBufferSizeKb(256)
            .open()) {
      file.readAll(sample -> count[0]++);
      assertThat(file.statistics().unorderedEvents()).isBetween(1L, 8000L);
      assertThat(file.statistics().malformedEvents()).isZero();
    }
    assertThat(count[0]).isEqualTo(200 * samples.size());
    assertThat(read(bytes).unorderedEvents()).as("with room for all").isZero();
  }

  @Test
  void shouldFindRawDataBehindReadsAndCallchains() {
    long type =
        SampleFields.IP
            | SampleFields.TID
            | SampleFields.TIME
            | SampleFields.ADDR
            | SampleFields.ID
            | SampleFields.STREAM_ID
            | SampleFields.CPU
            | SampleFields.PERIOD
            | SampleFields.READ
            | SampleFields.CALLCHAIN
            | SampleFields.RAW;
    // Group, both times, id and lost of two events.
    long readFormat = 1 | 2 | 4 | 8 | 16;
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[512]);
    int at = 8 + 8;
    buffer.putInt(at, 11);
    buffer.putInt(at + 4, 12);
    buffer.putLong(at + 8, 13);
    buffer.putLong(at + 24, 14);
    buffer.putInt(at + 40, 15);
    at += 56;
    buffer.putLong(at, 2);
    at += 8 + 16 + 2 * 24;
    buffer.putLong(at, 3);
    at += 8 + 3 * 8;
    buffer.putInt(at, 20);
    PerfAttr attr = new PerfAttr(2, 1, type, readFormat, PerfAttr.OWN_CLOCK);
    SampleFields fields = new SampleFields();

    assertThat(fields.read(buffer, 0, at + 24, attr)).isTrue();
    assertThat(fields.rawOffset()).isEqualTo(at + 4);
    assertThat(fields.rawLength()).isEqualTo(20);
    assertThat(fields.pid()).isEqualTo(11);
    assertThat(fields.tid()).isEqualTo(12);
    assertThat(fields.timestampNs()).isEqualTo(13);
    assertThat(fields.cpu()).isEqualTo(15);
    assertThat(buffer.getLong(SampleFields.idOffset(type))).isEqualTo(14);
    for (int length = 0; length < at + 24; length++) {
      assertThat(fields.read(buffer, 0, length, attr)).as("length %d", length).isFalse();
    }
    buffer.putLong(at - 32, Long.MAX_VALUE);
    assertThat(fields.read(buffer, 0, at + 24, attr)).isFalse();
  }

  /** In a class loader that has all but the library. */
  @Test
  void shouldNameTheLibraryThatIsMissing() throws Exception {
    Path path = RecordedFiles.copy("perf-zstd.data", folder);
    Path plain = RecordedFiles.copy("perf-file.data", folder);
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      if (!entry.contains("zstd-jni")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> program = loader.loadClass(CountingProgram.class.getName());
      var count = program.getMethod("count", String.class);
      assertThat(count.invoke(null, plain.toString())).isEqualTo(40L);
      assertThatThrownBy(() -> count.invoke(null, path.toString()))
          .cause()
          .satisfies(
              e -> assertThat(e.getClass().getName()).isEqualTo(EventFileException.class.getName()))
          .hasMessageContaining("com.github.luben:zstd-jni")
          .hasMessageContaining(path.toString());
    }
  }

  /** Run in another class loader. */
  public static final class CountingProgram {
    private CountingProgram() {}

    public static long count(String path) throws Exception {
      try (EventFile file = EventFile.builder(Path.of(path)).open()) {
        return file.readAll(sample -> {});
      }
    }
  }

  private EventFileStatistics read(ByteArrayOutputStream bytes) throws Exception {
    return read(bytes, sample -> {});
  }

  private static EventFileStatistics read(ByteArrayOutputStream bytes, EventHandler handler)
      throws Exception {
    try (EventFile file =
        EventFile.builder(new ByteArrayInputStream(bytes.toByteArray()), "stream").open()) {
      file.readAll(handler);
      return file.statistics();
    }
  }

  /** A stream without events. */
  private ByteArrayOutputStream stream() throws Exception {
    Path path = folder.resolve("empty");
    try (EventFile file = EventFile.builder(RecordedFiles.copy("perf-file.data", folder)).open()) {
      PerfDataWriter.create(path, file.formats()).close();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Files.readAllBytes(path));
    return bytes;
  }

  /** The records of 40 events, as the writer writes them, in order. */
  private List<byte[]> samples() throws Exception {
    Path path = folder.resolve("full");
    int headerLength = stream().size();
    try (EventFile file = EventFile.builder(RecordedFiles.copy("perf-file.data", folder)).open();
        PerfDataWriter writer = PerfDataWriter.create(path, file.formats())) {
      file.readAll(writer);
    }
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> samples = new ArrayList<>();
    for (int at = headerLength; at < bytes.length; at += fields.getShort(at + 6)) {
      if (fields.getInt(at) == SAMPLE) {
        samples.add(Arrays.copyOfRange(bytes, at, at + fields.getShort(at + 6)));
      }
    }
    List<ReceivedEvent> read = RecordedFiles.events(path);
    assertThat(samples).hasSameSizeAs(read).hasSize(40);
    return samples;
  }

  private static byte[] record(int type, int misc, long... content) {
    ByteBuffer record = ByteBuffer.allocate(8 + 8 * content.length).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt(type).putShort((short) misc).putShort((short) record.capacity());
    for (long value : content) {
      record.putLong(value);
    }
    return record.array();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.listener.EventHandler;
import io.userevents.listener.ReceivedEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The files in the resources; README.md there says how they were made. */
final class RecordedFiles {

  static final List<String> ALL =
      List.of(
          "perf-file.data",
          "perf-stream.data",
          "perf-zstd.data",
          "perf-two-events.data",
          "perf-callgraph.data",
          "perf7-file.data",
          "perf7-stream.data",
          "perf7-zstd.data",
          "trace-v6.dat",
          "trace-v7-zstd.dat",
          "trace-v7-plain.dat",
          "trace-instances.dat");

  private RecordedFiles() {}

  static byte[] read(String name) throws IOException {
    try (InputStream stream = RecordedFiles.class.getResourceAsStream(name + ".gz")) {
      assertThat(stream).as(name).isNotNull();
      return new GZIPInputStream(stream).readAllBytes();
    }
  }

  static Path copy(String name, Path folder) throws IOException {
    return Files.write(folder.resolve(name), read(name));
  }

  static List<ReceivedEvent> events(Path path) throws IOException {
    List<ReceivedEvent> received = new ArrayList<>();
    try (EventFile file = EventFile.builder(path).open()) {
      long events = file.readAll(EventHandler.copying(received::add));
      assertThat(events).isEqualTo(received.size()).isEqualTo(file.statistics().events());
    }
    return received;
  }

  static List<List<Byte>> payloads(List<ReceivedEvent> events) {
    List<List<Byte>> payloads = new ArrayList<>();
    for (ReceivedEvent event : events) {
      List<Byte> bytes = new ArrayList<>();
      for (byte one : event.bytes()) {
        bytes.add(one);
      }
      payloads.add(bytes);
    }
    return payloads;
  }
}

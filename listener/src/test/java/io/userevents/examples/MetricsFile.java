// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.userevents.listener.TracepointListener;
import io.userevents.listener.file.EventFile;
import io.userevents.listener.file.PerfDataWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Reading and writing files, as {@code docs/reading.md} shows it. */
final class MetricsFile {

  private MetricsFile() {}

  static void read(Path path, MetricsAgent.Sender sender) throws IOException {
    try (EventFile file = EventFile.builder(path).setEventNames("otlp_metrics").open()) {
      file.readAll(sample -> sender.send(sample.payload(), sample.payload().capacity()));
      System.err.println(file.statistics());
    }
  }

  static void record(Path path, BooleanSupplier isWanted) throws IOException {
    try (TracepointListener listener = TracepointListener.builder("otlp_metrics").open();
        PerfDataWriter writer = PerfDataWriter.create(path, listener.formats())) {
      while (isWanted.getAsBoolean() && listener.poll(writer, 1000) != TracepointListener.CLOSED) {
        writer.endRound();
        writer.flush();
      }
      writer.addLost(listener.kernelStatistics().lost());
    }
  }
}

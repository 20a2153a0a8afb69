// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.listener.file.EventFile;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.RegisteringSyscalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Uses each artifact for applications once, and prints what came: an export and records of a
 * pipeline alone, both written by system calls of this machine to a file in place of the kernel's,
 * and a file that perf has recorded.
 */
final class Combination {

  /** More than a ring of the default size, so that slots are used again. */
  private static final int RECORDS = 3_000;

  private static final String DATA_FILE = "user_events_data";
  private static final int PREFIX_LENGTH = 20;
  private static final int REL_LOC_OFFSET = 16;

  private Combination() {}

  /**
   * Runs all.
   *
   * @param args an empty folder, and a file of perf that is compressed by gzip
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    System.out.println("agrona " + archiveOf(UnsafeBuffer.class));
    System.out.println("jna " + isThere("com.sun.jna.Native"));
    System.out.println("exported " + export(tracefs(folder, "exporter")));
    System.out.println("published " + publish(tracefs(folder, "pipeline")));
    System.out.println("read " + read(Path.of(args[1])));
    System.out.println("end");
  }

  private static boolean export(Path tracefs) throws IOException {
    UserEventsMetricExporter exporter =
        UserEventsMetricExporter.builder()
            .setTracepoint(new RegisteringSyscalls().tracepoint("otlp_metrics", tracefs))
            .build();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(PeriodicMetricReader.create(exporter))
            .build()) {
      provider
          .get("shop")
          .counterBuilder("orders")
          .build()
          .add(1, Attributes.of(AttributeKey.stringKey("side"), "buy"));
      CompletableResultCode flushed = provider.forceFlush().join(60, TimeUnit.SECONDS);
      String records = records(tracefs);
      return flushed.isSuccess() && records.contains("orders") && records.contains("buy");
    }
  }

  /** Returns how many records are in the file, each once and in order. */
  private static int publish(Path tracefs) throws IOException {
    StringBuilder published = new StringBuilder();
    PipelineStatistics statistics;
    try (RecordPipeline pipeline =
        RecordPipeline.builder()
            .setTracepoint(new RegisteringSyscalls().tracepoint("fills", tracefs))
            .build()) {
      UnsafeBuffer buffer = new UnsafeBuffer(new byte[16]);
      for (int i = 0; i < RECORDS; i++) {
        int length = buffer.putStringWithoutLengthAscii(0, "fill " + i + ";");
        published.append("fill ").append(i).append(';');
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        pipeline.publish(buffer, 0, length, 0, null, 0, deadlineNs);
      }
      pipeline.flush().join();
      statistics = pipeline.statistics();
    }
    return records(tracefs).contentEquals(published) ? (int) statistics.written() : -1;
  }

  private static long read(Path file) throws IOException {
    try (InputStream stream = new GZIPInputStream(Files.newInputStream(file));
        EventFile events = EventFile.builder(stream, file.toString()).open()) {
      return events.readAll(sample -> {});
    }
  }

  /** Makes a folder with the file that the kernel would have. */
  private static Path tracefs(Path folder, String name) throws IOException {
    Path tracefs = Files.createDirectory(folder.resolve(name));
    Path unused = Files.createFile(tracefs.resolve(DATA_FILE));
    return tracefs;
  }

  /** Returns the records of all events, one after the other. */
  private static String records(Path tracefs) throws IOException {
    byte[] written = Files.readAllBytes(tracefs.resolve(DATA_FILE));
    ByteBuffer events = ByteBuffer.wrap(written).order(ByteOrder.nativeOrder());
    StringBuilder records = new StringBuilder();
    while (events.remaining() > 0) {
      byte[] event = new byte[events.getInt(events.position() + REL_LOC_OFFSET) >>> 16];
      events.position(events.position() + PREFIX_LENGTH);
      events.get(event);
      records.append(new String(event, StandardCharsets.ISO_8859_1));
    }
    return records.toString();
  }

  private static String archiveOf(Class<?> type) {
    CodeSource source = requireNonNull(type.getProtectionDomain().getCodeSource());
    return String.valueOf(Path.of(source.getLocation().getPath()).getFileName());
  }

  private static boolean isThere(String type) {
    try {
      Class.forName(type, false, Combination.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}

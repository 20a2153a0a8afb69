// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.RegisteringSyscalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Opens and closes pipelines one after the other and prints from time to time what the process
 * holds. It needs a separate process, because other threads would be measured with it.
 *
 * <p>Arguments: a folder with the file that events are written to, how many pipelines, and how many
 * of them between two lines. A line is the most bytes of direct memory that one of them has left
 * when it was closed, and the {@link Footprint}.
 */
final class OpenCloseProgram {

  static final int RING_SLOTS = 64;
  static final int MAX_RECORD_LENGTH = 256;
  static final int RECORDS_PER_THREAD = 4;

  /** Kept here: a logger that nobody refers to is collected, and its level with it. */
  private static final Logger LOGGER = Logger.getLogger("io.userevents");

  private final Path tracefs;
  private final RegisteringSyscalls syscalls = new RegisteringSyscalls();
  private final DirectBuffer record =
      new UnsafeBuffer("record".getBytes(StandardCharsets.US_ASCII));

  private OpenCloseProgram(Path tracefs) {
    this.tracefs = tracefs;
  }

  public static void main(String[] arguments) throws Exception {
    // Each registration is worth a line at INFO.
    LOGGER.setLevel(Level.WARNING);
    OpenCloseProgram program = new OpenCloseProgram(Path.of(arguments[0]));
    int pipelines = Integer.parseInt(arguments[1]);
    int pipelinesPerLine = Integer.parseInt(arguments[2]);
    Footprint before = Footprint.now();
    System.out.println("0 " + before.toLine());
    for (int opened = 0; opened < pipelines; opened += pipelinesPerLine) {
      long mostLeft = 0;
      for (int i = 0; i < pipelinesPerLine; i++) {
        mostLeft = Math.max(mostLeft, program.openAndClose());
      }
      System.out.println(mostLeft + " " + Footprint.settledTo(before).toLine());
    }
  }

  /** Returns how many bytes of direct memory there are more than before. */
  private long openAndClose() throws Exception {
    long before = Footprint.directBytesNow();
    RecordPipeline pipeline =
        RecordPipeline.builder()
            .setTracepoint(syscalls.tracepoint("otlp_metrics", tracefs))
            .setRingSlots(RING_SLOTS)
            .setMaxRecordLength(MAX_RECORD_LENGTH)
            .build();
    // Not joined: the JVM would keep a monitor of some 250 bytes for each thread that was waited
    // for, until there are many thousands (AvgMonitorsPerThreadEstimate of HotSpot).
    CountDownLatch published = new CountDownLatch(1);
    new Thread(
            () -> {
              publish(pipeline);
              published.countDown();
            },
            "second publisher")
        .start();
    publish(pipeline);
    published.await();
    pipeline.flush().get(60, TimeUnit.SECONDS);
    pipeline.closeAsync().get(60, TimeUnit.SECONDS);
    PipelineStatistics statistics = pipeline.statistics();
    if (statistics.offered() != 2 * RECORDS_PER_THREAD
        || statistics.count(Outcome.WRITTEN) != statistics.offered()) {
      throw new IllegalStateException("not all records were written: " + statistics);
    }
    return Footprint.directBytesNow() - before;
  }

  private void publish(RecordPipeline pipeline) {
    for (int i = 0; i < RECORDS_PER_THREAD; i++) {
      pipeline.publish(record, 0, record.capacity());
    }
  }
}

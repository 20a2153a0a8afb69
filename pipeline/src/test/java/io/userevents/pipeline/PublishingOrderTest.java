// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class PublishingOrderTest {

  private static final int THREADS = 4;
  private static final int RECORDS = 5_000;

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldWriteTheRecordsOfEachThreadInItsOrder(boolean gather) throws Exception {
    List<List<Integer>> received = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      received.add(new ArrayList<>());
    }
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("loop");
    tracepoint.attach(event -> sort(event, received));
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(64)
                .setGatherRecords(gather));

    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      done.add(executor.submit(() -> publishAll(pipeline, thread)));
    }
    for (Future<?> future : done) {
      future.get();
    }
    flush(pipeline);
    executor.shutdown();

    List<Integer> all = IntStream.range(0, RECORDS).boxed().toList();
    assertThat(received).allMatch(all::equals);
  }

  @Test
  void shouldKeepRecordsWholeWhenManyThreadsWriteManyLengths() throws Exception {
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("loop");
    List<String> broken = new ArrayList<>();
    tracepoint.attach(
        event -> {
          for (int at = 0; at < event.length; at += event[at]) {
            for (int i = 1; i < event[at]; i++) {
              if (event[at + i] != event[at + 1]) {
                broken.add("byte " + i + " of a record of " + event[at]);
              }
            }
          }
        });
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(16)
                .setMaxRecordLength(200));

    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      done.add(
          executor.submit(
              () -> {
                UnsafeBuffer record = new UnsafeBuffer(new byte[128]);
                for (int n = 0; n < RECORDS; n++) {
                  int length = 2 + n % 100;
                  record.setMemory(0, length, (byte) thread);
                  record.putByte(0, (byte) length);
                  pipeline.publish(record, 0, length);
                }
              }));
    }
    for (Future<?> future : done) {
      future.get();
    }
    flush(pipeline);

    assertThat(broken).isEmpty();
    assertThat(pipeline.statistics().written()).isPositive();
    executor.shutdown();
  }

  /** Offers each record until the ring has room for it. */
  private static void publishAll(RecordPipeline pipeline, int thread) {
    UnsafeBuffer record = new UnsafeBuffer(new byte[8]);
    record.putInt(0, thread);
    for (int i = 0; i < RECORDS; i++) {
      record.putInt(4, i);
      while (!pipeline.publish(record, 0, 8).isAccepted()) {
        LockSupport.parkNanos(1000);
      }
    }
  }

  private static void sort(byte[] event, List<List<Integer>> received) {
    UnsafeBuffer buffer = new UnsafeBuffer(event);
    for (int at = 0; at < event.length; at += 8) {
      received.get(buffer.getInt(at)).add(buffer.getInt(at + 4));
    }
  }
}

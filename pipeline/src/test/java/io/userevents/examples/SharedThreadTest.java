// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.PublishResult;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.pipeline.TracepointState;
import io.userevents.tracepoint.LoopbackTracepoint;
import io.userevents.tracepoint.Tracepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SharedThreadTest {

  @Test
  void shouldWriteTheRecordsOfThreePipelinesOnOneThread() throws Exception {
    Queue<String> events = new ConcurrentLinkedQueue<>();
    Set<Thread> writers = ConcurrentHashMap.newKeySet();
    List<Tracepoint> tracepoints = new ArrayList<>();
    for (String name : List.of("orders", "quotes", "risk")) {
      LoopbackTracepoint tracepoint = new LoopbackTracepoint(name);
      tracepoint.attach(
          event -> {
            writers.add(Thread.currentThread());
            events.add(name + " " + new String(event, US_ASCII));
          });
      tracepoints.add(tracepoint);
    }
    List<RecordPipeline> pipelines = new ArrayList<>();

    try (SharedThread shared = new SharedThread(tracepoints)) {
      for (int i = 0; i < 3; i++) {
        RecordPipeline pipeline = shared.pipeline(i);
        pipelines.add(pipeline);
        while (!pipeline.isAttached()) {
          Thread.sleep(1);
        }
        byte[] record = ("record " + i).getBytes(US_ASCII);
        assertThat(pipeline.publish(new UnsafeBuffer(record), 0, record.length))
            .isEqualTo(PublishResult.ACCEPTED);
      }
    }

    assertThat(events)
        .containsExactlyInAnyOrder("orders record 0", "quotes record 1", "risk record 2");
    assertThat(writers).hasSize(1);
    for (RecordPipeline pipeline : pipelines) {
      assertThat(pipeline.state()).isEqualTo(TracepointState.CLOSED);
      PipelineStatistics statistics = pipeline.statistics();
      assertThat(statistics.written()).isEqualTo(1);
      assertThat(statistics.outcomes()).isEqualTo(statistics.offered());
    }
  }
}

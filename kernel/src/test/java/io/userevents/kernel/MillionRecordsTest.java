// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Four threads publish a million records while listeners come and go.
 *
 * <p>A listener is steadily attached from the time at which it is known to record until it begins
 * to detach. The events that were written in that time are compared with the received events, one
 * by one. Of the events that were written just before and after, it may have received any, but each
 * once and in order.
 */
@Tag("kernel")
final class MillionRecordsTest {

  private static final int PUBLISHERS = 4;
  private static final int ATTACHMENTS = 200;
  private static final int ROUNDS = 20;

  // The records that each publisher offers in one attachment. They are paced, except in the steady
  // time.
  private static final int ATTACHING = 50;
  private static final int STEADY = 1150;
  private static final int DETACHING = 40;
  private static final int DETACHED = 10;
  private static final int PER_PUBLISHER =
      ATTACHMENTS * (ATTACHING + STEADY + DETACHING + DETACHED);

  /**
   * The number of slots. They hold the records that are offered at once, because the consumer waits
   * for its turn on one emulated processor.
   */
  private static final int RING_SLOTS = 4096;

  private final NumberedRecords records = new NumberedRecords(PUBLISHERS, PER_PUBLISHER);
  private final RecordedTracepoint tracepoint = new RecordedTracepoint(records);
  private final ToldOutcomes outcomes = new ToldOutcomes(records.count());
  private final RecordPipeline pipeline =
      RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(RING_SLOTS).build();
  private final List<NumberedPublisher> publishers =
      IntStream.range(0, PUBLISHERS)
          .mapToObj(i -> new NumberedPublisher(records, i, pipeline, outcomes))
          .toList();

  private int attached;
  private int attachments;
  private int kills;
  private int steadyRecords;
  private int receivedRecords;
  private int receivedEvents;
  private int gatheredEvents;

  private record Attached(EventReader reader, int steadyFrom) {}

  @BeforeEach
  void start() {
    publishers.forEach(Thread::start);
  }

  @AfterEach
  void close() {
    publishers.forEach(Thread::interrupt);
    pipeline.close();
  }

  @Test
  void shouldAccountForEveryRecordAndDeliverOnceWhatIsWrittenWhileAListenerIsAttached()
      throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < 3; i++) {
        listen(ListenerReader::start);
        listen(InstanceReader::start);
      }
      listen(InstanceReader::start);
      listen(PerfReader::start);
      // A kill ends the last attachment. With another listener that stays, the kill must not
      // disturb it.
      if (round % 2 == 0) {
        listen(ListenerReader::start);
        listenAndKill();
      } else {
        Attached steady = attach(ListenerReader::start);
        publishSteadily();
        listenAndKill();
        detach(steady);
      }
    }
    for (NumberedPublisher publisher : publishers) {
      publisher.join();
    }
    pipeline.flush().join();
    pipeline.close();
    PipelineStatistics statistics = pipeline.statistics();
    System.out.println(
        "attachments="
            + attachments
            + " kills="
            + kills
            + " steady="
            + steadyRecords
            + " received="
            + receivedRecords
            + " events="
            + receivedEvents
            + " gathered="
            + gatheredEvents
            + " refusedWrites="
            + tracepoint.failures()
            + " "
            + statistics);

    assertThat(attachments).isEqualTo(ATTACHMENTS);
    assertThat(kills).isEqualTo(ROUNDS);
    assertThat(gatheredEvents).isPositive();
    // Otherwise, too many records were dropped and too few compared.
    assertThat(steadyRecords).isGreaterThan(records.count() / 2);
    assertAccounts(statistics);
    assertWritingOrder();
  }

  /** One attachment from beginning to end. */
  private void listen(EventReader.Source source) throws Exception {
    Attached listener = attach(source);
    publishSteadily();
    detach(listener);
  }

  /** One attachment of perf that SIGKILL ends. */
  private void listenAndKill() throws Exception {
    release(ATTACHING, true);
    PerfReader perf = PerfReader.start();
    awaitAttached();
    publishSteadily();
    release(DETACHING, true);
    perf.kill();
    kills++;
    awaitDetached();
  }

  private Attached attach(EventReader.Source source) throws Exception {
    release(ATTACHING, true);
    EventReader reader = source.start();
    int steadyFrom = tracepoint.steadyFrom();
    awaitAttached();
    return new Attached(reader, steadyFrom);
  }

  private void publishSteadily() throws InterruptedException {
    release(STEADY, false);
    awaitIdle();
    Tracing.await("outcomes", () -> outcomes.count() == offered());
  }

  private void detach(Attached listener) throws Exception {
    int steadyUntil = tracepoint.steadyUntil();
    release(DETACHING, true);
    List<byte[]> received = listener.reader.end();
    awaitDetached();
    compare(received, listener.steadyFrom, steadyUntil);
  }

  private void awaitAttached() throws InterruptedException {
    Tracing.await("attachment", pipeline::isAttached);
    attached++;
    attachments++;
  }

  /** Checks that records are refused once no listener is attached. */
  private void awaitDetached() throws InterruptedException {
    attached--;
    if (attached == 0) {
      Tracing.await("detachment", () -> !pipeline.isAttached());
    }
    awaitIdle();
    release(DETACHED, true);
    awaitIdle();
    if (attached == 0) {
      for (NumberedPublisher publisher : publishers) {
        for (int i = 1; i <= DETACHED; i++) {
          int number = publisher.number(publisher.offered() - i);
          assertThat(outcomes.of(number)).isEqualTo(Outcome.DROPPED_DETACHED);
        }
      }
    }
  }

  private void release(int count, boolean paced) {
    publishers.forEach(publisher -> publisher.release(count, paced));
  }

  private void awaitIdle() throws InterruptedException {
    Tracing.await("publishers", () -> publishers.stream().allMatch(NumberedPublisher::isIdle));
  }

  private int offered() {
    return publishers.stream().mapToInt(NumberedPublisher::offered).sum();
  }

  /** The events must be written events, in the same order, and include all steady ones. */
  private void compare(List<byte[]> received, int steadyFrom, int steadyUntil) throws Exception {
    assertThat(steadyUntil).as("steady events").isGreaterThan(steadyFrom);
    int last = -1;
    int steady = 0;
    for (byte[] bytes : received) {
      int event = tracepoint.eventOf(records.numberAt(bytes, 0));
      assertThat(event).as("order of events").isGreaterThan(last);
      last = event;
      int start = tracepoint.start(event);
      int end = tracepoint.end(event);
      records.requireEqual(bytes, tracepoint.numbers(), start, end);
      steady += event >= steadyFrom && event < steadyUntil ? 1 : 0;
      receivedEvents++;
      receivedRecords += end - start;
      gatheredEvents += end - start > 1 ? 1 : 0;
    }
    assertThat(steady)
        .as("events received of those from %s to %s", steadyFrom, steadyUntil)
        .isEqualTo(steadyUntil - steadyFrom);
    steadyRecords += tracepoint.start(steadyUntil) - tracepoint.start(steadyFrom);
  }

  private void assertAccounts(PipelineStatistics statistics) {
    assertThat(outcomes.count()).isEqualTo(records.count()).isEqualTo(1_000_000);
    assertThat(outcomes.repetitions()).isZero();
    assertThat(statistics.offered()).isEqualTo(records.count());
    assertThat(statistics.outcomes()).isEqualTo(records.count());
    for (Outcome outcome : Outcome.values()) {
      assertThat(statistics.count(outcome)).as("%s", outcome).isEqualTo(outcomes.count(outcome));
    }
    assertThat(
            statistics.written()
                + statistics.count(Outcome.DROPPED_DETACHED)
                + statistics.count(Outcome.DROPPED_FULL))
        .as("outcomes that listeners and load explain, of %s", statistics)
        .isEqualTo(records.count());
    assertThat(statistics.events()).isEqualTo(tracepoint.steadyUntil());
  }

  /**
   * Checks that the records reported as written are those that were written, in the order of each
   * publisher.
   */
  private void assertWritingOrder() {
    int written = tracepoint.start(tracepoint.steadyUntil());
    int[] last = new int[PUBLISHERS];
    Arrays.fill(last, -1);
    for (int i = 0; i < written; i++) {
      int number = tracepoint.numbers()[i];
      int publisher = records.publisher(number);
      if (number <= last[publisher] || outcomes.of(number) != Outcome.WRITTEN) {
        throw new AssertionError(
            "record "
                + number
                + " was written after "
                + last[publisher]
                + " and has the outcome "
                + outcomes.of(number));
      }
      last[publisher] = number;
    }
    assertThat(written).isEqualTo(outcomes.count(Outcome.WRITTEN));
  }
}

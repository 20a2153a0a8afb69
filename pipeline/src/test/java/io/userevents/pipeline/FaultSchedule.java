// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.ScriptedSyscalls;
import io.userevents.tracepoint.TracepointErrors;
import io.userevents.tracepoint.TracepointErrors.Call;
import io.userevents.tracepoint.TracepointErrors.Row;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A random life of a pipeline over a scripted kernel, the same for the same seed, and what has to
 * hold at its end. How the threads interleave is not in the seed: a failure may need a few runs to
 * come back.
 */
final class FaultSchedule {

  private static final Call[] REGISTRATION = {Call.OPEN, Call.REGISTER, Call.UNREGISTER};
  private static final Call[] AT_END = {Call.WRITE, Call.UNREGISTER};
  private static final int RING_SLOTS = 16;
  private static final Duration MAX_WAIT = Duration.ofMillis(2);

  /** A little above the first pause between two attempts to register. */
  private static final long PAUSE_MS =
      TimeUnit.NANOSECONDS.toMillis(RetrySchedule.FIRST_RETRY_NS) + 100;

  @FunctionalInterface
  private interface Action {
    void run(RecordPipeline pipeline) throws Exception;
  }

  /** How the thread that has claimed a slot goes on. */
  private enum ClaimEnd {
    COMMIT,
    ABORT,
    THREAD_ENDS
  }

  private record Step(String text, Action action) {}

  private record Offer(String record, Outcomes outcomes) {}

  private final Random random;
  private final String eventName;
  private final int maxRecordLength;
  private final boolean gather;
  private final boolean refused;

  /** Waits for room as long as it takes, which only the schedule's own thread could make. */
  private final boolean waitsUnbounded;

  /** The call that hangs while the pipeline is closed; null if none does. */
  private final @Nullable Call hangsAtEnd;

  private final List<Step> steps = new ArrayList<>();

  private final ScriptedSyscalls kernel = new ScriptedSyscalls();
  private final KernelTracepoint tracepoint;

  /** The consumer reads it as well. */
  private final List<Offer> offers = new CopyOnWriteArrayList<>();

  private final RecordPipelineBuilder builder;

  /** Makes the schedule of this seed. */
  FaultSchedule(long seed) {
    random = new Random(seed);
    eventName = "schedule_" + Long.toUnsignedString(seed);
    tracepoint = kernel.tracepoint(eventName);
    maxRecordLength = 50 + random.nextInt(400);
    gather = random.nextInt(4) != 0;
    builder =
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setRingSlots(RING_SLOTS)
            .setMaxRecordLength(maxRecordLength)
            .setGatherRecords(gather);
    int policy = random.nextInt(6);
    waitsUnbounded = policy == 0;
    switch (policy) {
      case 0 -> builder.setBackPressurePolicy(BackPressurePolicies.waitUnbounded());
      case 1 -> builder.setBackPressurePolicy(BackPressurePolicies.spinThenDrop(100));
      case 2 -> builder.setBackPressurePolicy(BackPressurePolicies.waitThenDrop(MAX_WAIT));
      default -> builder.setBackPressurePolicy(BackPressurePolicies.drop());
    }
    hangsAtEnd = random.nextBoolean() ? AT_END[random.nextInt(AT_END.length)] : null;
    refused = random.nextInt(6) == 0;
    if (refused) {
      kernel.fail(random.nextBoolean() ? Call.OPEN : Call.REGISTER, Errno.EACCES);
    }
    kernel.attach();
    int count = 10 + random.nextInt(60);
    int pauseAt = refused || random.nextInt(6) == 0 ? random.nextInt(count) : -1;
    for (int i = 0; i < count; i++) {
      steps.add(i == pauseAt ? new Step("pass time", pipeline -> passTime()) : step());
    }
  }

  /** Runs the schedule, closes the pipeline and checks what has to hold. */
  void run() throws Exception {
    RecordPipeline pipeline = builder.build();
    try {
      for (Step step : steps) {
        step.action.run(pipeline);
      }
      flush(pipeline);
      assertThat(consumers()).as("consumers before closing").isEqualTo(1);
      if (hangsAtEnd != null) {
        kernel.hang(hangsAtEnd);
        publish(pipeline, 5, waitsUnbounded);
        var unused = pipeline.closeAsync();
        publish(pipeline, 3, false);
      }
    } finally {
      kernel.releaseAll();
      assertThat(pipeline.close(Duration.ofSeconds(60))).as("closed in time").isTrue();
    }
    Pipelines.assertBalanced(pipeline);
    assertEachOutcomeToldOnce(pipeline);
    assertWrittenCompleteAndInOrder();
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint))
        .as("word held, last unregistration: " + kernel.lastUnregistration())
        .isEqualTo(kernel.lastUnregistration() < 0);
  }

  /** How many outcomes of each kind were told. */
  Map<Outcome, Long> outcomes() {
    Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
    for (Offer offer : offers) {
      offer.outcomes.outcomes().forEach(outcome -> counts.merge(outcome, 1L, Long::sum));
    }
    return counts;
  }

  /** How often the event was registered, successfully or not. */
  long registrations() {
    return kernel.calls(Call.REGISTER);
  }

  @Override
  public String toString() {
    List<String> texts = new ArrayList<>();
    texts.add("maxRecordLength=" + maxRecordLength + " gather=" + gather + " refused=" + refused);
    texts.add("waitsUnbounded=" + waitsUnbounded + " hangsAtEnd=" + hangsAtEnd);
    steps.forEach(step -> texts.add(step.text));
    return String.join("; ", texts);
  }

  private Step step() {
    int choice = random.nextInt(100);
    if (choice < 22) {
      int count = 1 + random.nextInt(24);
      return new Step("publish " + count, pipeline -> publish(pipeline, count, waitsUnbounded));
    } else if (choice < 29) {
      int count = 1 + random.nextInt(RING_SLOTS);
      return new Step("batch of " + count, pipeline -> publishBatch(pipeline, count));
    } else if (choice < 40) {
      ClaimEnd end = ClaimEnd.values()[random.nextInt(ClaimEnd.values().length)];
      return new Step("claim " + end, pipeline -> claim(pipeline, end));
    } else if (choice < 50) {
      return new Step("flush", this::flush);
    } else if (choice < 58) {
      return new Step("attach", pipeline -> kernel.attach());
    } else if (choice < 63) {
      return new Step("detach", pipeline -> kernel.detach());
    } else if (choice < 73) {
      return failure(Call.WRITE);
    } else if (choice < 76) {
      return new Step("registration is lost", pipeline -> kernel.fail(Call.WRITE, Errno.ENOENT));
    } else if (choice < 80) {
      int missing = 1 + random.nextInt(20);
      return new Step("write short by " + missing, pipeline -> kernel.writeShortBy(missing));
    } else if (choice < 82) {
      return new Step(
          "write throws", pipeline -> kernel.fail(Call.WRITE, new IllegalStateException("broken")));
    } else if (choice < 90) {
      return failure(REGISTRATION[random.nextInt(REGISTRATION.length)]);
    } else if (choice < 95) {
      Call call = Call.values()[random.nextInt(Call.values().length)];
      return new Step("hang " + call, pipeline -> kernel.hang(call));
    } else {
      return new Step("release", pipeline -> kernel.releaseAll());
    }
  }

  /**
   * Mostly an error of the table, several times in a row or once, sometimes one that is unknown.
   */
  private Step failure(Call call) {
    List<Row> rows = TracepointErrors.rows().stream().filter(row -> row.call() == call).toList();
    Errno errno = rows.get(random.nextInt(rows.size())).errno();
    int number = errno == null ? 100 + random.nextInt(60) : errno.number();
    int times = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 1;
    return new Step(
        call + " fails " + times + " times with " + Errno.describe(number),
        pipeline -> {
          for (int i = 0; i < times; i++) {
            kernel.fail(call, number);
          }
        });
  }

  private static void passTime() throws InterruptedException {
    Thread.sleep(PAUSE_MS);
  }

  /** Completes only if the consumer is alive. */
  private void flush(RecordPipeline pipeline) throws Exception {
    kernel.releaseAll();
    Pipelines.flush(pipeline);
  }

  private void publish(RecordPipeline pipeline, int count, boolean makesRoom) {
    for (int i = 0; i < count; i++) {
      if (makesRoom) {
        kernel.releaseAll();
      }
      int tag = offers.size();
      Offer offer = offer();
      Pipelines.publish(pipeline, offer.record, offer.outcomes, tag);
    }
  }

  private void publishBatch(RecordPipeline pipeline, int count) {
    if (waitsUnbounded) {
      kernel.releaseAll();
    }
    int first = offers.size();
    StringBuilder records = new StringBuilder();
    int[] offsets = new int[count];
    int[] lengths = new int[count];
    for (int i = 0; i < count; i++) {
      Offer offer = offer();
      offsets[i] = records.length();
      lengths[i] = offer.record.length();
      records.append(offer.record);
    }
    AtomicInteger told = new AtomicInteger();
    // The records of a batch get their outcomes in their order.
    OutcomeListener listener =
        (tag, outcome, errno) -> {
          int index = (int) tag + told.getAndIncrement();
          offers.get(index).outcomes.onOutcome(index, outcome, errno);
        };
    var unused =
        pipeline.publish(
            Pipelines.record(records.toString()), offsets, lengths, count, 0, listener, first);
  }

  private void claim(RecordPipeline pipeline, ClaimEnd end) throws InterruptedException {
    if (waitsUnbounded) {
      kernel.releaseAll();
    }
    int tag = offers.size();
    Offer offer = offer();
    if (end == ClaimEnd.THREAD_ENDS) {
      Thread claimant =
          new Thread(() -> pipeline.tryClaim(offer.record.length(), 0, offer.outcomes, tag));
      claimant.start();
      claimant.join();
      return;
    }
    RecordClaim claim = pipeline.tryClaim(offer.record.length(), 0, offer.outcomes, tag);
    if (claim.isOpen()) {
      claim.buffer().putStringWithoutLengthAscii(0, offer.record);
      if (end == ClaimEnd.COMMIT) {
        claim.commit();
      } else {
        claim.abort();
      }
    }
  }

  private Offer offer() {
    int tag = offers.size();
    // Some are too large by their number.
    String text = String.format("%08d", tag) + "x".repeat(tag * 37 % maxRecordLength);
    Offer offer = new Offer(text, new Outcomes());
    offers.add(offer);
    return offer;
  }

  private long consumers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("user-events-" + eventName))
        .count();
  }

  private void assertEachOutcomeToldOnce(RecordPipeline pipeline) {
    for (int tag = 0; tag < offers.size(); tag++) {
      assertThat(offers.get(tag).outcomes.told()).as("outcomes of record " + tag).hasSize(1);
      assertThat(offers.get(tag).outcomes.told().get(0).tag()).isEqualTo(tag);
    }
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.offered()).isEqualTo(offers.size());
    Map<Outcome, Long> told = outcomes();
    for (Outcome outcome : Outcome.values()) {
      assertThat(told.getOrDefault(outcome, 0L))
          .as(outcome.name())
          .isEqualTo(statistics.count(outcome));
    }
  }

  private void assertWrittenCompleteAndInOrder() {
    StringBuilder expected = new StringBuilder();
    for (Offer offer : offers) {
      if (offer.outcomes.outcomes().contains(Outcome.WRITTEN)) {
        expected.append(offer.record);
      }
    }
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    kernel.events().forEach(written::writeBytes);
    assertThat(written.toString(US_ASCII)).as("written").isEqualTo(expected.toString());
  }
}

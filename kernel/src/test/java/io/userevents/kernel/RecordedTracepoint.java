// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The kernel's tracepoint, with a log of the {@link NumberedRecords} of each event that was written
 * to it. Any thread may read the log up to the event that {@link #steadyUntil} returns.
 */
final class RecordedTracepoint implements Tracepoint {

  private final KernelTracepoint tracepoint = new KernelTracepoint(Tracing.EVENT);
  private final NumberedRecords records;
  private final byte[] bytes = new byte[1 << 16];
  private final UnsafeBuffer copy = new UnsafeBuffer(bytes);

  /** In the order in which they were written. */
  private final int[] numbers;

  /** For each event, the index in {@link #numbers} behind its last record. */
  private final int[] ends;

  /** For each record, its event's index plus 1, or 0 if it was not written. */
  private final int[] eventsOfRecords;

  private volatile boolean isWriting;
  private volatile int events;
  private final AtomicInteger failures = new AtomicInteger();

  RecordedTracepoint(NumberedRecords records) {
    this.records = records;
    numbers = new int[records.count()];
    ends = new int[records.count()];
    eventsOfRecords = new int[records.count()];
  }

  /** Index of the first event whose write is certain to begin after this call. */
  int steadyFrom() {
    int inFlight = isWriting ? 1 : 0;
    return events + inFlight;
  }

  /** Index behind the last event whose write is certain to have ended before this call. */
  int steadyUntil() {
    return events;
  }

  int failures() {
    return failures.get();
  }

  int[] numbers() {
    return numbers;
  }

  /** Index in {@link #numbers} of an event's first record. */
  int start(int event) {
    return event == 0 ? 0 : ends[event - 1];
  }

  /** Index in {@link #numbers} behind an event's last record. */
  int end(int event) {
    return ends[event];
  }

  /** Index of the event with which this record was written. */
  int eventOf(int number) {
    int event = eventsOfRecords[number] - 1;
    assertThat(event).as("event of record %s, which was received", number).isNotNegative();
    return event;
  }

  boolean isWritten(int number) {
    return eventsOfRecords[number] != 0;
  }

  @Override
  public String eventName() {
    return tracepoint.eventName();
  }

  @Override
  public String register() throws RegistrationException {
    return tracepoint.register();
  }

  @Override
  public boolean isEnabled() {
    return tracepoint.isEnabled();
  }

  @Override
  public boolean isRecording() {
    return tracepoint.isRecording();
  }

  @Override
  public int write(EventVector event) {
    isWriting = true;
    int result = tracepoint.write(event);
    if (result == 0) {
      log(event);
    } else {
      failures.getAndIncrement();
    }
    isWriting = false;
    return result;
  }

  @Override
  public void close() {
    tracepoint.close();
  }

  private void log(EventVector event) {
    event.copyTo(copy, 0);
    int index = events;
    int position = 0;
    int end = start(index);
    for (int i = 0; i < event.records(); i++) {
      int number = records.numberAt(bytes, position);
      assertThat(isWritten(number)).as("record %s is written twice", number).isFalse();
      eventsOfRecords[number] = index + 1;
      numbers[end++] = number;
      position += records.length(number);
    }
    assertThat(position).as("length of the records").isEqualTo(event.length());
    ends[index] = end;
    events = index + 1;
  }
}

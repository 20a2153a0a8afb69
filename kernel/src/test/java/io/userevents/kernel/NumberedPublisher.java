// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.userevents.pipeline.OutcomeListener;
import io.userevents.pipeline.RecordPipeline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.MutableDirectBuffer;

/** A thread that publishes the records of one publisher in their order, as many as are released. */
final class NumberedPublisher extends Thread {

  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final NumberedRecords records;
  private final int first;
  private final MutableDirectBuffer record;
  private final RecordPipeline pipeline;
  private final OutcomeListener outcomes;

  private final AtomicInteger released = new AtomicInteger();
  private volatile boolean isPaced;
  private volatile int offered;

  NumberedPublisher(
      NumberedRecords records, int publisher, RecordPipeline pipeline, OutcomeListener outcomes) {
    super("publisher-" + publisher);
    setDaemon(true);
    this.records = records;
    this.pipeline = pipeline;
    this.outcomes = outcomes;
    first = records.first(publisher);
    record = records.newRecord(publisher);
  }

  /**
   * Releases further records.
   *
   * @param paced whether to pause after each record, or only after records that were not accepted
   */
  void release(int count, boolean paced) {
    isPaced = paced;
    released.addAndGet(count);
    LockSupport.unpark(this);
  }

  /** Number of the publisher's record with this index. */
  int number(int index) {
    return first + index;
  }

  /** Returns the number of offered records. */
  int offered() {
    return offered;
  }

  boolean isIdle() {
    return offered == released.get();
  }

  @Override
  public void run() {
    for (int i = 0; i < records.perPublisher(); i++) {
      while (i == released.get()) {
        LockSupport.park(this);
        if (isInterrupted()) {
          return;
        }
      }
      int number = number(i);
      records.putNumber(record, number);
      boolean taken = pipeline.publish(record, 0, record.capacity(), outcomes, number).isAccepted();
      offered = i + 1;
      if (isPaced || !taken) {
        LockSupport.parkNanos(this, PAUSE_NS);
      }
    }
  }
}

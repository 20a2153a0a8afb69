// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.tracepoint.DevNullTracepoint;
import io.userevents.tracepoint.EventVector;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Gathers records into events as long as the pipeline's, for consumers of queues that do not keep a
 * record in place until it is written. The records are copied one behind the other, so that the
 * event needs one {@code iovec} for all. Only the consumer's thread uses it, and other threads
 * after its end.
 */
final class GatheringWriter {

  private static final int MAX_EVENT_LENGTH = RecordPipelineBuilder.DEFAULT_MAX_RECORD_LENGTH;

  private final DevNullTracepoint tracepoint = new DevNullTracepoint(true);
  private final NativeRegion region = NativeRegion.allocate(MAX_EVENT_LENGTH, 64);
  private final UnsafeBuffer gathered = region.buffer();
  private final EventVector event = new EventVector(1, MAX_EVENT_LENGTH);
  private int length;
  private int records;
  private long written;

  void add(byte[] record) {
    gathered.putBytes(reserve(record.length), record);
  }

  void add(DirectBuffer buffer, int offset, int recordLength) {
    gathered.putBytes(reserve(recordLength), buffer, offset, recordLength);
  }

  /** Writes the gathered records, if there are any. */
  void flush() {
    if (records == 0) {
      return;
    }
    event.clear();
    event.add(gathered, 0, length);
    // Otherwise the records count as lost. A consumer that throws would leave its publishers
    // waiting.
    if (tracepoint.isEnabled() && tracepoint.write(event) == 0) {
      written += records;
    }
    length = 0;
    records = 0;
  }

  /** Returns the number of records that were written. */
  long written() {
    return written;
  }

  void close() {
    tracepoint.close();
    event.free();
    region.free();
  }

  private int reserve(int recordLength) {
    if (recordLength > MAX_EVENT_LENGTH - length) {
      flush();
    }
    int offset = length;
    length += recordLength;
    records++;
    return offset;
  }
}

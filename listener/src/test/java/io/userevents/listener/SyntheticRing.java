// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.MappedFile;
import io.userevents.internal.perf.PerfRecord;
import io.userevents.internal.perf.PerfRingLayout;
import io.userevents.internal.perf.PerfSample;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.listener.internal.SyntheticPage;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A perf ring in anonymous memory, to which records are written as the kernel does: they run over
 * the end, and one without room is lost.
 */
final class SyntheticRing implements AutoCloseable {

  static final int PAGE = 4096;
  static final int PID = 4700;
  static final int TID = 4711;
  static final int CPU = 3;

  private final MappedFile memory;
  private final PerfRing ring;
  private final int dataLength;
  private final UnsafeBuffer record = new UnsafeBuffer(new byte[PerfRecord.MAX_LENGTH + 1]);
  private long head;
  private long lost;

  SyntheticRing(int dataLength, long position) {
    this.dataLength = dataLength;
    Syscalls calls = Syscalls.ofThisMachine();
    long address =
        calls.mmap(
            0,
            PAGE + dataLength,
            Syscalls.PROT_READ | Syscalls.PROT_WRITE,
            Syscalls.MAP_PRIVATE | Syscalls.MAP_ANONYMOUS,
            -1,
            0);
    memory = MappedFile.of(calls, address, PAGE + dataLength);
    head = position;
    memory.buffer().putLong(PerfRingLayout.HEAD_OFFSET, position);
    memory.buffer().putLong(PerfRingLayout.TAIL_OFFSET, position);
    ring = new PerfRing(memory, PAGE);
  }

  PerfRing ring() {
    return ring;
  }

  /** All of it, as the kernel sees it. */
  UnsafeBuffer memory() {
    return memory.buffer();
  }

  long head() {
    return head;
  }

  void setHead(long newHead) {
    head = newHead;
    memory.buffer().putLongVolatile(PerfRingLayout.HEAD_OFFSET, newHead);
  }

  /** Where the reader is, as the kernel sees it. */
  long tail() {
    return memory.buffer().getLongVolatile(PerfRingLayout.TAIL_OFFSET);
  }

  /** Writes a sample of the tracepoint. */
  boolean sample(byte[] payload, long timestampNs) {
    return sample(SyntheticPage.FORMAT.id(), payload, timestampNs);
  }

  boolean sample(int id, byte[] payload, long timestampNs) {
    return write(putSample(id, payload, timestampNs));
  }

  private int putSample(int id, byte[] payload, long timestampNs) {
    byte[] event = SyntheticPage.eventData(payload);
    int data = SyntheticPage.FORMAT.fixedLength() + payload.length;
    // As perf_output_sample does: the size of the raw data with its own length is padded to 8.
    int raw = BitUtil.align(data + Integer.BYTES, Long.BYTES) - Integer.BYTES;
    int length = PerfSample.RAW_OFFSET + raw;
    record.setMemory(0, length, (byte) 0xEE);
    putHeader(PerfRecord.SAMPLE, length);
    record.putLong(PerfSample.IDENTIFIER_OFFSET, 77);
    record.putInt(PerfSample.PID_OFFSET, PID);
    record.putInt(PerfSample.TID_OFFSET, TID);
    record.putLong(PerfSample.TIME_OFFSET, timestampNs);
    record.putInt(PerfSample.CPU_OFFSET, CPU);
    record.putInt(PerfSample.RAW_SIZE_OFFSET, raw);
    record.putBytes(PerfSample.RAW_OFFSET, event, 0, data);
    record.putShort(PerfSample.RAW_OFFSET, (short) id);
    return length;
  }

  /** Writes the sample before the newest one, over the oldest ones, as the kernel does backward. */
  void sampleBackward(byte[] payload, long timestampNs) {
    int length = putSample(SyntheticPage.FORMAT.id(), payload, timestampNs);
    copy(record, length, head - length);
    setHead(head - length);
  }

  /** Writes a record of this type and length with nothing in it. */
  boolean other(int type, int length) {
    record.setMemory(0, length, (byte) 0);
    putHeader(type, length);
    return write(length);
  }

  private void putHeader(int type, int length) {
    record.putInt(0, type);
    record.putShort(4, (short) 0);
    record.putShort(6, (short) length);
  }

  private boolean write(int length) {
    long room = dataLength - (head - tail()) - 1;
    int lostLength = lost > 0 ? PerfRecord.LOST_LENGTH : 0;
    if (length + lostLength > room) {
      lost++;
      return false;
    }
    long position = head;
    if (lost > 0) {
      UnsafeBuffer told = new UnsafeBuffer(new byte[PerfRecord.LOST_LENGTH]);
      told.putInt(0, PerfRecord.LOST);
      told.putShort(6, (short) PerfRecord.LOST_LENGTH);
      told.putLong(PerfRecord.LOST_COUNT_OFFSET, lost);
      lost = 0;
      position = copy(told, PerfRecord.LOST_LENGTH, position);
    }
    setHead(copy(record, length, position));
    return true;
  }

  private long copy(UnsafeBuffer from, int length, long position) {
    for (int i = 0; i < length; i += Long.BYTES) {
      int place = (int) (position + i) & (dataLength - 1);
      memory.buffer().putLong(PAGE + place, from.getLong(i));
    }
    return position + length;
  }

  @Override
  public void close() {
    ring.unmap();
  }
}

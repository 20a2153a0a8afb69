// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The memory of batches, which is made once and used again, so that it is bounded. The reader takes
 * batches, the dispatcher gives them back. Thread-safe; nobody waits.
 */
final class BatchPool {

  private final BlockingQueue<Batch> free;
  private final int size;
  private final int batchLimit;

  BatchPool(int size, int batchLimit) {
    this.size = size;
    this.batchLimit = batchLimit;
    free = new ArrayBlockingQueue<>(size);
    for (int i = 0; i < size; i++) {
      free.add(new Batch(batchLimit));
    }
  }

  /** An empty batch, or null if all are taken. */
  @Nullable Batch take() {
    return free.poll();
  }

  /** Gives a batch back. */
  void give(Batch batch) {
    batch.clear();
    free.add(batch);
  }

  /** How many batches there are, and how many of them are free. */
  int size() {
    return size;
  }

  int free() {
    return free.size();
  }

  /** Bytes of the batches that are taken. */
  long takenBytes() {
    return (size - free.size()) * Batch.memoryBytes(batchLimit);
  }
}

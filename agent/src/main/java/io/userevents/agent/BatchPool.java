// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A pool of batches. Their memory is allocated once and reused, so it is bounded. The reader takes
 * batches and the dispatcher returns them. Thread-safe; no method waits.
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

  /** Takes an empty batch, or returns null if all are taken. */
  @Nullable Batch take() {
    return free.poll();
  }

  /** Returns a batch to the pool. */
  void give(Batch batch) {
    batch.clear();
    free.add(batch);
  }

  /** Describes the number of batches and of free batches. */
  int size() {
    return size;
  }

  int free() {
    return free.size();
  }

  /** Returns the memory of all batches, in bytes. */
  long bytes() {
    return size * Batch.memoryBytes(batchLimit);
  }

  /** Returns the memory of the batches that are taken, in bytes. */
  long takenBytes() {
    return (size - free.size()) * Batch.memoryBytes(batchLimit);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.EventLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotEntriesTest {

  private static final int SLOTS = 4;

  /** The number of rounds that the 16 bits of an entry can tell apart. */
  private static final long ROUNDS = 1L << 16;

  private final SlotEntries entries = new SlotEntries(SLOTS);

  @Test
  void shouldHaveNoSlotPublishedAtFirst() {
    for (int sequence = 0; sequence < SLOTS; sequence++) {
      assertThat(entries.isPublished(sequence)).isFalse();
    }
  }

  /** Rounds whose number is the highest of its bits, and sequences beyond 31 and 32 bits. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        ROUNDS / 2 - 1,
        ROUNDS / 2,
        ROUNDS - 1,
        ROUNDS,
        (1L << 31) / SLOTS - 1,
        (1L << 31) / SLOTS,
        (1L << 32) / SLOTS - 1,
        (1L << 32) / SLOTS,
        (1L << 62) / SLOTS
      })
  void shouldTellARoundFromTheOneBeforeAndTheNext(long round) {
    for (int slot = 0; slot < SLOTS; slot++) {
      long sequence = round * SLOTS + slot;
      entries.publish(sequence, slot + 1, slot % 2 == 0);

      assertThat(entries.isPublished(sequence)).isTrue();
      assertThat(entries.isPublished(sequence + SLOTS)).isFalse();
      assertThat(entries.isPublished(sequence - SLOTS)).isFalse();
      assertThat(SlotEntries.length(entries.get(sequence))).isEqualTo(slot + 1);
      assertThat(SlotEntries.isListened(entries.get(sequence))).isEqualTo(slot % 2 == 0);
      assertThat(SlotEntries.isSealed(entries.get(sequence))).isFalse();
    }
  }

  @Test
  void shouldKeepTheLongestRecordApartFromTheFlags() {
    entries.publish(0, EventLayout.MAX_LENGTH_PERF, false);
    entries.publish(1, EventLayout.MAX_LENGTH_PERF, true);
    entries.publishSealed(2);

    assertThat(SlotEntries.length(entries.get(0))).isEqualTo(EventLayout.MAX_LENGTH_PERF);
    assertThat(SlotEntries.isListened(entries.get(0))).isFalse();
    assertThat(SlotEntries.length(entries.get(1))).isEqualTo(EventLayout.MAX_LENGTH_PERF);
    assertThat(SlotEntries.isListened(entries.get(1))).isTrue();
    assertThat(SlotEntries.isSealed(entries.get(2))).isTrue();
    assertThat(SlotEntries.length(entries.get(2))).isZero();
  }
}

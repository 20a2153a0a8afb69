// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static io.userevents.agent.internal.spool.Batches.CREATED_MS;
import static io.userevents.agent.internal.spool.Batches.HOUR_MS;
import static io.userevents.agent.internal.spool.Batches.append;
import static io.userevents.agent.internal.spool.Batches.prepend;
import static io.userevents.agent.internal.spool.Batches.take;
import static io.userevents.agent.internal.spool.Batches.takeAll;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.agent.internal.spool.SpoolSettings.Sync;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A batch that goes in front of all others. */
class SpoolPrependTest {

  /** Most of the header is zero, so not each cut in it is tried. */
  private static final int SKIPPED = SegmentLayout.SECOND_HEADER - 61;

  @TempDir Path folder = Path.of("");
  private final MemoryStorage storage = new MemoryStorage();
  private final SetClocks clocks = new SetClocks(CREATED_MS);
  private CapturedLog log;

  @BeforeEach
  void hideLog() {
    log = new CapturedLog();
  }

  @AfterEach
  void showLogAgain() {
    log.close();
  }

  private Spool open(MemoryStorage files, Sync sync) throws IOException {
    return Spool.open(
        folder,
        new SpoolSettings(20_000, 24 * HOUR_MS, SegmentLayout.FIRST_RECORD + 128, sync),
        files,
        clocks);
  }

  private Spool open() throws IOException {
    return open(storage, Sync.NEVER);
  }

  @Test
  void shouldGiveItFirst() throws IOException {
    try (Spool spool = open()) {
      append(spool, "b", 2);
      append(spool, "c", 4);
      append(spool, "d", 8);
      assertThat(prepend(spool, "a", 1)).isTrue();
      append(spool, "e", 16);

      assertThat(spool.batches()).isEqualTo(5);
      assertThat(spool.events()).isEqualTo(31);
      assertThat(takeAll(spool)).containsExactly("a", "b", "c", "d", "e");
      assertThat(spool.takeLosses().isNone()).isTrue();
      assertThat(storage.files).isEmpty();

      // With files whose numbers are in use once more.
      append(spool, "g", 1);
      assertThat(prepend(spool, "f", 1)).isTrue();
      assertThat(takeAll(spool)).containsExactly("f", "g");
    }
    assertThat(storage.openFiles).isZero();
  }

  @Test
  void shouldGiveItFirstInALaterProcess() throws IOException {
    try (Spool spool = open()) {
      append(spool, "0", 1);
      assertThat(take(spool)).isEqualTo("0");
      append(spool, "b", 2);
      assertThat(prepend(spool, "a", 1)).isTrue();
      append(spool, "c", 4);
    }
    try (Spool spool = open()) {
      assertThat(spool.recoveredBatches()).isEqualTo(3);
      assertThat(spool.recoveredEvents()).isEqualTo(7);
      assertThat(take(spool)).isEqualTo("a");
      append(spool, "d", 8);
    }
    try (Spool spool = open()) {
      assertThat(spool.recoveredEvents()).isEqualTo(14);
      assertThat(takeAll(spool)).containsExactly("b", "c", "d");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldAppendWhereNoOtherBatchWaits() throws IOException {
    try (Spool spool = open()) {
      assertThat(prepend(spool, "a", 1)).isTrue();
      append(spool, "b", 1);

      assertThat(storage.files).hasSize(1);
      assertThat(takeAll(spool)).containsExactly("a", "b");
    }
  }

  /** A later process would take it as done, because a batch after it is done. */
  @Test
  void shouldNotGoBeforeABatchThatWasSent() throws IOException {
    try (Spool spool = open()) {
      append(spool, "a", 1);
      append(spool, "b", 1);
      assertThat(take(spool)).isEqualTo("a");

      assertThat(prepend(spool, "c", 1)).isFalse();
      assertThat(takeAll(spool)).containsExactly("b");
    }
  }

  @Test
  void shouldNotGoBeforeABatchThatIsBeingSentOrThatAnEarlierProcessLeft() throws IOException {
    try (Spool spool = open()) {
      append(spool, "a", 1);
      assertThat(spool.peek()).isNotNull();

      assertThat(prepend(spool, "b", 1)).isFalse();
    }
    try (Spool spool = open()) {
      assertThat(prepend(spool, "b", 1)).isFalse();
      assertThat(takeAll(spool)).containsExactly("a");
      append(spool, "c", 1);
      assertThat(prepend(spool, "b", 1)).isTrue();
      assertThat(takeAll(spool)).containsExactly("b", "c");
    }
  }

  @Test
  void shouldDropNoOtherBatchForItsRoom() throws IOException {
    try (Spool spool = open()) {
      append(spool, "b", 1);
      append(spool, "c", 1);
      int length = 20_000 - (int) spool.bytes() - SegmentLayout.FIRST_RECORD;
      int most = length - SegmentLayout.PAYLOAD_OFFSET & -SegmentLayout.ALIGNMENT;

      assertThat(prepend(spool, "a".repeat(most + 1), 1)).isFalse();
      assertThat(spool.batches()).isEqualTo(2);
      assertThat(prepend(spool, "a".repeat(most), 1)).isTrue();
      assertThat(spool.bytes()).isLessThanOrEqualTo(20_000);
      assertThat(takeAll(spool)).containsExactly("a".repeat(most), "b", "c");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldBeTheFirstToBeDroppedWhenFull() throws IOException {
    try (Spool spool = open()) {
      append(spool, "b", 2);
      assertThat(prepend(spool, "a", 1)).isTrue();
      while (spool.takeLosses().full().batches() == 0) {
        append(spool, "x".repeat(1_000), 4);
      }
      assertThat(take(spool)).isEqualTo("b");
    }
    try (Spool spool = open()) {
      takeAll(spool);
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldGrowOldFromItsOwnCreation() throws IOException {
    try (Spool spool = open()) {
      clocks.pass(100 * HOUR_MS);
      append(spool, "b", 2, clocks.wallMs);
      assertThat(prepend(spool, "a", 1, clocks.wallMs - HOUR_MS)).isTrue();

      assertThat(spool.expire(clocks.wallMs).isNone()).isTrue();
      clocks.pass(23 * HOUR_MS + 1);
      assertThat(spool.expire(clocks.wallMs).events()).isEqualTo(1);
      assertThat(takeAll(spool)).containsExactly("b");
    }
  }

  @Test
  void shouldStayOutWhereNoNumberIsFree() throws IOException {
    try (Spool spool = open()) {
      append(spool, "b", 1);
      Path taken = folder.resolve(SegmentLayout.fileName(0));
      storage.files.put(taken, new byte[0]);

      assertThat(prepend(spool, "a", 1)).isFalse();
      storage.files.remove(taken);
      assertThat(prepend(spool, "a", 1)).isTrue();
      assertThat(takeAll(spool)).containsExactly("a", "b");
    }
  }

  @ParameterizedTest
  @EnumSource(Sync.class)
  void shouldLeaveTheOthersAsTheyAreWhenAnyOneOperationFails(Sync sync) throws IOException {
    int fault = 0;
    while (true) {
      MemoryStorage files = new MemoryStorage();
      List<String> expected = new ArrayList<>(List.of("b", "c", "d"));
      MemoryStorage left;
      boolean isFaultReached;
      try (Spool spool = open(files, sync)) {
        append(spool, "b", 2);
        append(spool, "c", 4);
        append(spool, "d", 8);
        files.failAfter = fault;
        try {
          assertThat(prepend(spool, "a", 1)).isTrue();
          expected.add(0, "a");
        } catch (IOException e) {
          assertThat(e).hasMessageStartingWith("Input/output error, once");
        }
        isFaultReached = files.failAfter < 0;
        files.failAfter = -1;
        left = files.copy();
        assertThat(takeAll(spool)).as("fault=%s", fault).isEqualTo(expected);
        assertThat(spool.takeLosses().isNone()).isTrue();
        assertThat(files.files).isEmpty();
      }
      // As if the process had ended before all was taken.
      try (Spool next = open(left, sync)) {
        assertThat(takeAll(next)).as("fault=%s", fault).isEqualTo(expected);
        assertThat(next.takeLosses().isNone()).isTrue();
      }
      assertThat(files.openFiles).isZero();
      if (!isFaultReached) {
        assertThat(fault).isGreaterThan(2);
        return;
      }
      fault++;
    }
  }

  /** A process that is killed while it writes leaves any first part of the file. */
  @Test
  void shouldKeepTheOthersWhenItIsCutAtAnyByte() throws IOException {
    Path first;
    try (Spool spool = open()) {
      append(spool, "b", 2);
      append(spool, "c", 4);
      assertThat(prepend(spool, "a", 1)).isTrue();
      first = storage.files.firstKey();
    }
    byte[] whole = storage.content(first);
    for (int length = 0; length <= whole.length; length += length < SKIPPED ? 61 : 1) {
      MemoryStorage files = storage.copy();
      files.files.put(first, Arrays.copyOf(whole, length));
      try (Spool next = open(files, Sync.NEVER)) {
        boolean isWhole = length == whole.length;
        assertThat(takeAll(next))
            .as("length=%s", length)
            .containsExactly(isWhole ? new String[] {"a", "b", "c"} : new String[] {"b", "c"});
        SpoolLoss damaged = next.takeLosses().damaged();
        // Without its header, nothing tells how much the file had.
        boolean isCounted = length >= SegmentLayout.HEADER_COPY_BYTES && !isWhole;
        assertThat(damaged.batches()).as("length=%s", length).isEqualTo(isCounted ? 1 : 0);
        assertThat(damaged.events()).as("length=%s", length).isEqualTo(isCounted ? 1 : 0);
        append(next, "d", 8);
        assertThat(takeAll(next)).containsExactly("d");
        assertThat(next.takeLosses().isNone()).isTrue();
      }
    }
  }
}

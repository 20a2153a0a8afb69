// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static io.userevents.agent.internal.spool.Batches.CREATED_MS;
import static io.userevents.agent.internal.spool.Batches.HOUR_MS;
import static io.userevents.agent.internal.spool.Batches.append;
import static io.userevents.agent.internal.spool.Batches.segments;
import static io.userevents.agent.internal.spool.Batches.take;
import static io.userevents.agent.internal.spool.Batches.takeAll;
import static io.userevents.agent.internal.spool.Batches.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.agent.internal.spool.SpoolSettings.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

  private static final SpoolSettings DEFAULTS = SpoolSettings.builder().build();

  @TempDir Path parent = Path.of("");

  private Path folder() {
    return parent.resolve("spool");
  }

  private List<String> segmentNames() throws IOException {
    try (Stream<Path> paths = Files.list(folder())) {
      return paths
          .map(path -> String.valueOf(path.getFileName()))
          .filter(name -> name.endsWith(".spool"))
          .sorted()
          .toList();
    }
  }

  @Test
  void shouldGiveBatchesInTheirOrder() throws IOException {
    try (Spool spool = Spool.open(folder(), DEFAULTS)) {
      append(spool, "a", 1);
      append(spool, "", 0);
      append(spool, "ccccccccc", 3);

      assertThat(spool.batches()).isEqualTo(3);
      assertThat(spool.events()).isEqualTo(4);
      assertThat(takeAll(spool)).containsExactly("a", "", "ccccccccc");
      assertThat(spool.isEmpty()).isTrue();
      assertThat(spool.events()).isZero();
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldGiveTheSameBatchUntilItIsRemoved() throws IOException {
    try (Spool spool = Spool.open(folder(), DEFAULTS)) {
      append(spool, "a", 7, CREATED_MS);
      append(spool, "b", 1, CREATED_MS + 1);

      SpooledBatch batch = spool.peek();
      append(spool, "c", 1);

      assertThat(batch).isNotNull();
      assertThat(spool.peek()).isSameAs(batch);
      assertThat(batch.events()).isEqualTo(7);
      assertThat(batch.createdMs()).isEqualTo(CREATED_MS);
      assertThat(spool.batches()).isEqualTo(3);
      assertThat(spool.oldestMs()).isEqualTo(CREATED_MS);
      spool.remove();
      assertThat(spool.oldestMs()).isEqualTo(CREATED_MS + 1);
      assertThat(text(spool.peek())).isEqualTo("b");
    }
  }

  @Test
  void shouldRefuseToRemoveABatchThatWasNotGiven() throws IOException {
    try (Spool spool = Spool.open(folder(), DEFAULTS)) {
      append(spool, "a", 1);

      assertThatThrownBy(spool::remove).isInstanceOf(IllegalStateException.class);
      assertThat(takeAll(spool)).containsExactly("a");
    }
  }

  @Test
  void shouldGoOnBehindTheLastRemovedBatchInALaterProcess() throws IOException {
    try (Spool spool = Spool.open(folder(), segments(150))) {
      for (int i = 0; i < 9; i++) {
        append(spool, "batch " + i, i);
      }
      for (int i = 0; i < 4; i++) {
        assertThat(take(spool)).isEqualTo("batch " + i);
      }
      assertThat(text(spool.peek())).isEqualTo("batch 4");
    }

    try (CapturedLog log = new CapturedLog();
        Spool spool = Spool.open(folder(), segments(150))) {
      assertThat(spool.recoveredBatches()).isEqualTo(5);
      assertThat(spool.recoveredEvents()).isEqualTo(4 + 5 + 6 + 7 + 8);
      assertThat(spool.oldestMs()).isEqualTo(CREATED_MS);
      assertThat(log.lines)
          .singleElement()
          .asString()
          .startsWith("INFO Opened a spool with waiting batches: folder=" + folder())
          .contains("batches=5 events=30");
      append(spool, "batch 9", 9);
      assertThat(takeAll(spool))
          .containsExactly("batch 4", "batch 5", "batch 6", "batch 7", "batch 8", "batch 9");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldDeleteASegmentWhoseBatchesAreAllRemoved() throws IOException {
    try (Spool spool = Spool.open(folder(), segments(128))) {
      append(spool, "a", 1);
      append(spool, "b", 1);
      append(spool, "c", 1);
      assertThat(segmentNames())
          .containsExactly("00000000000000000001.spool", "00000000000000000002.spool");
      assertThat(spool.bytes())
          .isEqualTo(
              Files.size(folder().resolve("00000000000000000001.spool"))
                  + Files.size(folder().resolve("00000000000000000002.spool")));

      take(spool);
      assertThat(segmentNames()).hasSize(2);
      take(spool);
      assertThat(segmentNames()).containsExactly("00000000000000000002.spool");
      take(spool);
      assertThat(segmentNames()).isEmpty();
      assertThat(spool.bytes()).isZero();

      append(spool, "d", 1);
      assertThat(takeAll(spool)).containsExactly("d");
    }
  }

  @Test
  void shouldAppendToTheLastSegmentOfAnEarlierProcess() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (Spool spool = Spool.open(folder(), DEFAULTS)) {
        append(spool, "batch " + i, 1);
      }
    }

    assertThat(segmentNames()).hasSize(1);
    try (Spool spool = Spool.open(folder(), DEFAULTS)) {
      assertThat(takeAll(spool)).containsExactly("batch 0", "batch 1", "batch 2");
    }
  }

  @Test
  void shouldGiveALargeBatchASegmentForItself() throws IOException {
    String large = "x".repeat(5000);
    try (Spool spool = Spool.open(folder(), segments(200))) {
      append(spool, "a", 1);
      append(spool, large, 1);
      append(spool, "b", 1);

      assertThat(segmentNames()).hasSize(3);
      assertThat(takeAll(spool)).containsExactly("a", large, "b");
    }
  }

  @Test
  void shouldRefuseABatchThatIsLargerThanTheSpool() throws IOException {
    SpoolSettings settings = new SpoolSettings(10_000, HOUR_MS, 5_000, Sync.NEVER);
    try (Spool spool = Spool.open(folder(), settings)) {
      append(spool, "a", 1);
      byte[] large = new byte[(int) spool.maxBatchBytes() + 1];

      assertThatThrownBy(() -> spool.append(large, 0, large.length, 1, CREATED_MS))
          .isInstanceOf(SpoolException.class)
          .hasMessageContaining("bytes=" + large.length)
          .hasMessageContaining("maxBatchBytes=" + (large.length - 1))
          .hasMessageContaining("maxBytes=10000");
      assertThat(spool.batches()).isEqualTo(1);

      spool.append(large, 0, large.length - 1, 5, CREATED_MS);
      assertThat(spool.bytes()).isLessThanOrEqualTo(10_000);
      assertThat(spool.takeLosses().full().batches()).isEqualTo(1);
      SpooledBatch batch = spool.peek();
      assertThat(batch).isNotNull();
      assertThat(batch.bytes()).hasSize(large.length - 1);
    }
  }

  @Test
  void shouldDropTheOldestSegmentsAndCountWhenFull() throws IOException {
    SpoolSettings settings = new SpoolSettings(20_000, HOUR_MS, 5_000, Sync.NEVER);
    try (Spool spool = Spool.open(folder(), settings)) {
      int appended = 0;
      long droppedBatches = 0;
      long droppedEvents = 0;
      for (int i = 0; i < 200; i++) {
        append(spool, String.format("%0100d", i), i);
        appended += i;
        assertThat(spool.bytes()).isLessThanOrEqualTo(20_000);
        SpoolLosses losses = spool.takeLosses();
        droppedBatches += losses.full().batches();
        droppedEvents += losses.full().events();
        assertThat(losses.damaged().isNone()).isTrue();
        assertThat(spool.batches() + droppedBatches).isEqualTo(i + 1);
        assertThat(spool.events() + droppedEvents).isEqualTo(appended);
      }
      assertThat(droppedBatches).isBetween(150L, 195L);

      List<String> rest = takeAll(spool);
      assertThat(rest).hasSize((int) (200 - droppedBatches));
      assertThat(rest.get(0)).isEqualTo(String.format("%0100d", droppedBatches));
    }
  }

  @Test
  void shouldKeepTheBatchThatIsBeingSentWhenItsSegmentIsDropped() throws IOException {
    SpoolSettings settings = new SpoolSettings(10_000, HOUR_MS, 5_000, Sync.NEVER);
    try (Spool spool = Spool.open(folder(), settings)) {
      append(spool, "in flight", 3);
      append(spool, "dropped", 5);
      SpooledBatch batch = spool.peek();
      append(spool, "x".repeat(1_000), 7);
      append(spool, "y".repeat(1_000), 11);

      assertThat(segmentNames()).containsExactly("00000000000000000003.spool");
      assertThat(spool.takeLosses().full())
          .satisfies(full -> assertThat(full.batches()).isEqualTo(2))
          .satisfies(full -> assertThat(full.events()).isEqualTo(5 + 7));
      assertThat(spool.batches()).isEqualTo(2);
      assertThat(spool.events()).isEqualTo(3 + 11);
      assertThat(spool.peek()).isSameAs(batch);
      spool.remove();
      assertThat(spool.batches()).isEqualTo(1);
      assertThat(takeAll(spool)).containsExactly("y".repeat(1_000));
    }
  }

  @Test
  void shouldCountABatchThatIsLeftInMemoryOnlyAsLostAtTheEnd() throws IOException {
    SpoolSettings settings = new SpoolSettings(10_000, HOUR_MS, 5_000, Sync.NEVER);
    Spool spool = Spool.open(folder(), settings);
    append(spool, "in flight", 3);
    spool.peek();
    append(spool, "x".repeat(1_000), 7);
    append(spool, "y".repeat(1_000), 11);
    assertThat(spool.takeLosses().full().events()).isEqualTo(7);
    spool.close();

    assertThat(spool.takeLosses().full()).satisfies(l -> assertThat(l.events()).isEqualTo(3));
    try (Spool next = Spool.open(folder(), settings)) {
      assertThat(takeAll(next)).containsExactly("y".repeat(1_000));
    }
  }

  @Test
  void shouldShrinkToALimitThatWasLowered() throws IOException {
    try (Spool spool = Spool.open(folder(), segments(400))) {
      for (int i = 0; i < 20; i++) {
        append(spool, String.format("%0100d", i), 1);
      }
      assertThat(spool.bytes()).isGreaterThan(30_000);
    }

    SpoolSettings smaller = new SpoolSettings(20_000, HOUR_MS, 5_000, Sync.NEVER);
    try (CapturedLog log = new CapturedLog();
        Spool spool = Spool.open(folder(), smaller)) {
      assertThat(spool.bytes()).isLessThanOrEqualTo(20_000);
      long dropped = spool.takeLosses().full().batches();
      assertThat(spool.batches() + dropped).isEqualTo(20);
      assertThat(log.lines).singleElement().asString().contains("maxBytes=20000: batches=");
      assertThat(take(spool)).isEqualTo(String.format("%0100d", dropped));
    }
  }

  @Test
  void shouldDropBatchesThatAreTooOld() throws IOException {
    try (Spool spool = Spool.open(folder(), segments(128))) {
      append(spool, "a", 1, CREATED_MS);
      append(spool, "b", 2, CREATED_MS + 1);
      append(spool, "c", 3, CREATED_MS + 2);
      append(spool, "d", 4, CREATED_MS + HOUR_MS);

      assertThat(spool.expire(CREATED_MS + 24 * HOUR_MS).isNone()).isTrue();
      SpoolLoss expired = spool.expire(CREATED_MS + 24 * HOUR_MS + 3);
      assertThat(expired.batches()).isEqualTo(3);
      assertThat(expired.events()).isEqualTo(6);
      assertThat(expired.bytes()).isEqualTo(3 * 64);
      assertThat(spool.takeLosses().isNone()).isTrue();
      assertThat(segmentNames()).containsExactly("00000000000000000002.spool");
      assertThat(spool.batches()).isEqualTo(1);
      assertThat(spool.events()).isEqualTo(4);
    }
    try (Spool spool = Spool.open(folder(), DEFAULTS)) {
      assertThat(takeAll(spool)).containsExactly("d");
    }
  }

  @Test
  void shouldDropAlsoTheBatchThatWasGivenWhenItIsTooOld() throws IOException {
    try (Spool spool = Spool.open(folder(), DEFAULTS)) {
      append(spool, "a", 1, CREATED_MS);
      append(spool, "b", 1, CREATED_MS + HOUR_MS);
      assertThat(text(spool.peek())).isEqualTo("a");

      assertThat(spool.hasPeeked()).isTrue();
      assertThat(spool.expire(CREATED_MS + 24 * HOUR_MS).isNone()).isTrue();
      assertThat(spool.hasPeeked()).isTrue();

      assertThat(spool.expire(CREATED_MS + 24 * HOUR_MS + 1).batches()).isEqualTo(1);

      assertThat(spool.hasPeeked()).isFalse();
      assertThatThrownBy(spool::remove).isInstanceOf(IllegalStateException.class);
      assertThat(text(spool.peek())).isEqualTo("b");
      assertThat(spool.expire(CREATED_MS + 48 * HOUR_MS).events()).isEqualTo(1);
      assertThat(spool.isEmpty()).isTrue();
      assertThat(segmentNames()).isEmpty();
    }
  }

  @Test
  void shouldLetNoBatchExpireBecauseTheClockIsSet() throws IOException {
    SetClocks clocks = new SetClocks(0);
    try (Spool spool = Spool.open(folder(), DEFAULTS, new FolderStorage(folder()), clocks)) {
      append(spool, "before", 1, clocks.wallMs);
      clocks.pass(HOUR_MS);
      // NTP finds that it is not 1970.
      clocks.wallMs = CREATED_MS;
      assertThat(spool.expire(clocks.wallMs).isNone()).isTrue();
      append(spool, "after", 1, clocks.wallMs);
      clocks.pass(23 * HOUR_MS);
      assertThat(spool.expire(clocks.wallMs).isNone()).isTrue();
      clocks.pass(1);
      assertThat(spool.expire(clocks.wallMs).batches()).isEqualTo(1);
      clocks.wallMs -= 1000 * HOUR_MS;
      assertThat(spool.expire(clocks.wallMs).isNone()).isTrue();
      clocks.pass(HOUR_MS);
      assertThat(spool.expire(clocks.wallMs).batches()).isEqualTo(1);
    }
  }

  @Test
  void shouldKeepFilesForTheirOwner() throws IOException {
    Path deep = parent.resolve("a/b/spool");
    try (Spool spool = Spool.open(deep, DEFAULTS)) {
      append(spool, "a", 1);

      assertThat(permissions(parent.resolve("a"))).isEqualTo("rwx------");
      assertThat(permissions(deep)).isEqualTo("rwx------");
      assertThat(permissions(deep.resolve("lock"))).isEqualTo("rw-------");
      assertThat(permissions(deep.resolve("00000000000000000001.spool"))).isEqualTo("rw-------");
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void shouldRefuseAFolderThatThisProcessUses() throws IOException {
    try (Spool spool = Spool.open(folder(), DEFAULTS)) {
      append(spool, "a", 1);
      Path link = Files.createSymbolicLink(parent.resolve("link"), folder());

      for (Path path : List.of(folder(), link)) {
        assertThatThrownBy(() -> Spool.open(path, DEFAULTS))
            .isInstanceOf(SpoolException.class)
            .hasMessage(
                "another agent uses the spool: folder="
                    + path
                    + " pid="
                    + ProcessHandle.current().pid()
                    + "; stop that agent, or give this agent another folder");
      }
      assertThat(takeAll(spool)).containsExactly("a");
    }
    Spool.open(folder(), DEFAULTS).close();
  }

  @Test
  void shouldLeaveForeignFilesAlone() throws IOException {
    Files.createDirectories(folder().resolve("00000000000000000007.spool/deep"));
    Files.writeString(folder().resolve("notes.txt"), "hello");
    Files.writeString(folder().resolve("1.spool"), "hello");
    Files.writeString(folder().resolve("99999999999999999999.spool"), "hello");
    Path target = Files.writeString(parent.resolve("target"), "hello");
    Files.createSymbolicLink(folder().resolve("00000000000000000003.spool"), target);

    try (CapturedLog log = new CapturedLog();
        Spool spool = Spool.open(folder(), segments(128))) {
      assertThat(log.lines)
          .singleElement()
          .asString()
          .startsWith("WARNING ")
          .contains("[00000000000000000003.spool, 00000000000000000007.spool, 1.spool,")
          .contains("99999999999999999999.spool, notes.txt]");
      append(spool, "a", 1);
      append(spool, "b", 1);
      append(spool, "c", 1);
      assertThat(spool.bytes()).isEqualTo(2 * SegmentLayout.FIRST_RECORD + 2 * 64 - 7 + 57);
      assertThat(takeAll(spool)).containsExactly("a", "b", "c");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
    assertThat(target).hasContent("hello");
    assertThat(folder().resolve("1.spool")).hasContent("hello");
    assertThat(folder().resolve("00000000000000000007.spool/deep")).isDirectory();
  }

  @Test
  void shouldLeaveASegmentWithAnotherNameAlone() throws IOException {
    try (Spool spool = Spool.open(folder(), DEFAULTS)) {
      append(spool, "a", 1);
    }
    Path copy = folder().resolve("00000000000000000005.spool");
    Files.copy(folder().resolve("00000000000000000001.spool"), copy);

    try (CapturedLog log = new CapturedLog();
        Spool spool = Spool.open(folder(), DEFAULTS)) {
      assertThat(log.lines).singleElement().asString().contains("[00000000000000000005.spool]");
      assertThat(takeAll(spool)).containsExactly("a");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
    assertThat(copy).exists();
  }

  @Test
  void shouldSayWhatToDoIfTheFolderIsAFile() throws IOException {
    Files.writeString(folder(), "hello");

    assertThatThrownBy(() -> Spool.open(folder(), DEFAULTS))
        .isInstanceOf(SpoolException.class)
        .hasMessage(
            "the spool's path is not a folder: folder=" + folder() + "; choose another one");
    assertThatThrownBy(() -> Spool.open(folder().resolve("below"), DEFAULTS))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining("folder=" + folder().resolve("below"));
  }

  @Test
  void shouldNotFollowALinkInPlaceOfTheLock() throws IOException {
    Files.createDirectories(folder());
    Path target = Files.writeString(parent.resolve("target"), "hello");
    Files.createSymbolicLink(folder().resolve("lock"), target);

    assertThatThrownBy(() -> Spool.open(folder(), DEFAULTS)).isInstanceOf(SpoolException.class);
    assertThat(target).hasContent("hello");
  }

  @Test
  void shouldWorkOnAThreadThatIsInterrupted() throws IOException {
    SpoolSettings settings =
        new SpoolSettings(1 << 20, HOUR_MS, SegmentLayout.FIRST_RECORD + 128, Sync.BATCH);
    Thread.currentThread().interrupt();
    try {
      try (Spool spool = Spool.open(folder(), settings)) {
        for (int i = 0; i < 5; i++) {
          append(spool, "batch " + i, 1);
        }
        assertThat(take(spool)).isEqualTo("batch 0");
      }
      try (Spool spool = Spool.open(folder(), settings)) {
        assertThat(takeAll(spool)).containsExactly("batch 1", "batch 2", "batch 3", "batch 4");
      }
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void shouldRefuseToWorkOnceClosed() throws IOException {
    Spool spool = Spool.open(folder(), DEFAULTS);
    append(spool, "a", 1);
    spool.close();
    spool.close();

    assertThatThrownBy(() -> append(spool, "b", 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(spool::peek).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> spool.expire(0)).isInstanceOf(IllegalStateException.class);
    assertThat(spool.batches()).isEqualTo(1);
  }

  @Test
  void shouldRefuseImpossibleArguments() throws IOException {
    try (Spool spool = Spool.open(folder(), DEFAULTS)) {
      assertThatThrownBy(() -> spool.append(new byte[3], 2, 2, 1, CREATED_MS))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> spool.append(new byte[3], 0, 3, -1, CREATED_MS))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(spool.isEmpty()).isTrue();
    }
  }
}

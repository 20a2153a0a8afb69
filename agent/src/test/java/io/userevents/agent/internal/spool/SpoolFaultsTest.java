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

import io.userevents.agent.internal.spool.MemoryStorage.Operation;
import io.userevents.agent.internal.spool.SpoolSettings.Sync;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lets the operations of the disk fail, each in turn and for longer. */
class SpoolFaultsTest {

  @TempDir Path folder = Path.of("");

  private final CapturedLog log = new CapturedLog();
  private final MemoryStorage storage = new MemoryStorage();

  @AfterEach
  void showLogAgain() {
    log.close();
  }

  private Spool open(MemoryStorage files, SpoolSettings settings) throws IOException {
    return Spool.open(folder, settings, files, new SetClocks(CREATED_MS));
  }

  /** The file that the spool wrote as the first, second and so on, from 0. */
  private Path file(int index) {
    return folder.resolve(SegmentLayout.fileName(1 + index));
  }

  /** A queue in memory that has the batches that the spool must have. */
  private static final class Model {

    final Deque<String> waiting = new ArrayDeque<>();

    /** Removed by a call that threw, since the last one that did not. */
    final List<String> mayReturn = new ArrayList<>();

    private int appended;

    void append(Spool spool) {
      String text = "batch " + appended++;
      try {
        Batches.append(spool, text, 1);
        waiting.addLast(text);
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith("Input/output error, once");
      }
    }

    void remove(Spool spool) {
      try {
        assertThat(text(spool.peek())).isEqualTo(waiting.peekFirst());
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith("Input/output error, once");
        return;
      }
      String text = waiting.removeFirst();
      try {
        spool.remove();
        mayReturn.clear();
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith("Input/output error, once");
        mayReturn.add(text);
      }
    }

    void run(Spool spool) {
      for (int i = 0; i < 7; i++) {
        append(spool);
      }
      for (int i = 0; i < 4; i++) {
        remove(spool);
      }
      append(spool);
      append(spool);
      remove(spool);
      assertThat(spool.expire(CREATED_MS).isNone()).isTrue();
      assertThat(spool.batches()).isEqualTo(waiting.size());
      assertThat(spool.events()).isEqualTo(waiting.size());
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Sync.class)
  void shouldLoseNothingWhenAnyOneOperationFails(Sync sync) throws IOException {
    SpoolSettings settings =
        new SpoolSettings(1 << 20, HOUR_MS, SegmentLayout.FIRST_RECORD + 150, sync);
    Set<Operation> failed = EnumSet.noneOf(Operation.class);
    int fault = 0;
    while (true) {
      MemoryStorage files = new MemoryStorage();
      files.failAfter = fault;
      Spool spool;
      try {
        spool = open(files, settings);
      } catch (SpoolException e) {
        assertThat(e).hasMessageContaining("folder=" + folder).hasMessageContaining("once: LIST");
        spool = open(files, settings);
      }
      Model model = new Model();
      model.run(spool);
      files.failAfter = -1;
      MemoryStorage left = files.copy();
      assertThat(takeAll(spool)).as("fault=" + fault).isEqualTo(List.copyOf(model.waiting));
      assertThat(spool.bytes()).isZero();
      assertThat(files.files).as("fault=" + fault).isEmpty();
      spool.close();
      assertThat(files.openFiles).isZero();

      // As if the process had ended before all was taken.
      try (Spool next = open(left, settings)) {
        List<String> expected = new ArrayList<>(model.mayReturn);
        expected.addAll(model.waiting);
        List<String> given = takeAll(next);
        assertThat(given).as("fault=" + fault).endsWith(model.waiting.toArray(new String[0]));
        assertThat(expected).as("fault=" + fault).endsWith(given.toArray(new String[0]));
        assertThat(next.takeLosses().isNone()).as("fault=" + fault).isTrue();
      }
      if (files.failed.isEmpty()) {
        break;
      }
      failed.addAll(files.failed);
      fault++;
    }
    EnumSet<Operation> expected =
        EnumSet.of(
            Operation.LIST,
            Operation.CREATE,
            Operation.OPEN,
            Operation.DELETE,
            Operation.READ,
            Operation.WRITE);
    if (sync == Sync.BATCH) {
      expected.addAll(EnumSet.of(Operation.SYNC, Operation.SYNC_FOLDER));
    }
    assertThat(failed).isEqualTo(expected);
  }

  @Test
  void shouldStayUsableWhenTheDiskIsFull() throws IOException {
    try (Spool spool = open(storage, segments(400))) {
      storage.capacity = 20_000;
      List<String> appended = new ArrayList<>();
      int refused = 0;
      for (int i = 0; i < 40; i++) {
        String text = String.format("%0100d", i);
        try {
          append(spool, text, 1);
          appended.add(text);
        } catch (IOException e) {
          assertThat(e).hasMessage("No space left on device");
          refused++;
        }
        assertThat(spool.bytes()).isEqualTo(storage.bytes());
      }
      assertThat(refused).isBetween(20, 39);
      assertThat(spool.batches()).isEqualTo(appended.size());

      assertThat(take(spool)).isEqualTo(appended.remove(0));
      assertThat(take(spool)).isEqualTo(appended.remove(0));
      append(spool, "there is room again", 1);
      appended.add("there is room again");

      try (Spool copy =
          Spool.open(
              folder.resolve("copy"), segments(400), moved(storage), new SetClocks(CREATED_MS))) {
        assertThat(takeAll(copy)).isEqualTo(appended);
        assertThat(copy.takeLosses().isNone()).isTrue();
      }
      assertThat(takeAll(spool)).isEqualTo(appended);
    }
  }

  /** The same files in another folder, so that two spools can be open. */
  private MemoryStorage moved(MemoryStorage files) {
    MemoryStorage moved = new MemoryStorage();
    files.files.forEach(
        (path, bytes) ->
            moved.files.put(folder.resolve("copy").resolve(path.getFileName()), bytes.clone()));
    return moved;
  }

  @Test
  void shouldKeepLaterBatchesReadableWhenAPartCannotBeCutOff() throws IOException {
    try (Spool spool = open(storage, segments(1000))) {
      append(spool, "a", 1);
      storage.failing.addAll(EnumSet.of(Operation.WRITE, Operation.TRUNCATE));
      assertThatThrownBy(() -> append(spool, "not written whole", 1))
          .isInstanceOf(IOException.class);
      storage.failing.clear();
      append(spool, "b", 1);
      append(spool, "c", 1);

      assertThat(storage.files).hasSize(2);
      try (Spool copy =
          Spool.open(
              folder.resolve("copy"), segments(1000), moved(storage), new SetClocks(CREATED_MS))) {
        assertThat(takeAll(copy)).containsExactly("a", "b", "c");
      }
      assertThat(takeAll(spool)).containsExactly("a", "b", "c");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldBeginANewFileAfterASyncThatFailed() throws IOException {
    SpoolSettings settings = new SpoolSettings(1 << 20, HOUR_MS, 10_000, Sync.BATCH);
    try (Spool spool = open(storage, settings)) {
      append(spool, "a", 1);
      storage.failing.add(Operation.SYNC);
      assertThatThrownBy(() -> append(spool, "b", 1)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> append(spool, "c", 1)).isInstanceOf(IOException.class);
      storage.failing.clear();
      append(spool, "d", 1);

      assertThat(storage.files.keySet()).containsExactly(file(0), file(2));
      assertThat(takeAll(spool)).containsExactly("a", "d");
    }
  }

  @Test
  void shouldSyncEachBatchAndEachNewFile() throws IOException {
    SpoolSettings settings =
        new SpoolSettings(1 << 20, HOUR_MS, SegmentLayout.FIRST_RECORD + 128, Sync.BATCH);
    try (Spool spool = open(storage, settings)) {
      for (int i = 0; i < 3; i++) {
        append(spool, "a", 1);
      }
      assertThat(storage.syncs).isEqualTo(3);
      assertThat(storage.folderSyncs).isEqualTo(2);
    }
    MemoryStorage never = new MemoryStorage();
    try (Spool spool = open(never, segments(128))) {
      append(spool, "a", 1);
      assertThat(never.syncs + never.folderSyncs).isZero();
    }
  }

  @Test
  void shouldGiveTheOthersWhenTheDiskRefusesToReadOne() throws IOException {
    try (Spool spool = open(storage, segments(20_000))) {
      append(spool, "a", 1);
      append(spool, "x".repeat(9_000), 10);
      append(spool, "c", 100);
      storage.badPosition = SegmentLayout.FIRST_RECORD + 5_000;

      assertThat(take(spool)).isEqualTo("a");
      for (int i = 0; i < Spool.READ_ATTEMPTS; i++) {
        assertThatThrownBy(spool::peek)
            .isInstanceOf(IOException.class)
            .hasMessage("Input/output error at 9160");
        assertThat(spool.batches()).isEqualTo(2);
      }
      assertThat(take(spool)).isEqualTo("c");
      assertThat(spool.takeLosses().damaged().batches()).isEqualTo(1);
      append(spool, "d", 1);
      assertThat(takeAll(spool)).containsExactly("d");
    }
  }

  @Test
  void shouldGiveTheOthersWhenTheDiskRefusesToReadAHeader() throws IOException {
    try (Spool spool = open(storage, segments(40_000))) {
      append(spool, "a", 1);
      append(spool, "b", 10);
      append(spool, "x".repeat(9_000), 100);
      append(spool, "d", 1000);
      storage.badPosition = SegmentLayout.FIRST_RECORD + 10;

      int refusals = 0;
      List<String> given = new ArrayList<>();
      while (!spool.isEmpty()) {
        try {
          given.add(String.valueOf(take(spool)));
        } catch (IOException e) {
          refusals++;
        }
      }
      assertThat(given).containsExactly("d");
      assertThat(refusals).isEqualTo(Spool.READ_ATTEMPTS);
      SpoolLoss lost = spool.takeLosses().damaged();
      assertThat(lost.batches()).isEqualTo(3);
      assertThat(lost.events()).isEqualTo(111);
    }
  }

  @Test
  void shouldNotGiveABatchAgainWhenTheMarkCannotBeWritten() throws IOException {
    try (Spool spool = open(storage, segments(1000))) {
      append(spool, "a", 1);
      append(spool, "b", 1);
      append(spool, "c", 1);
      storage.failing.add(Operation.WRITE);
      assertThat(text(spool.peek())).isEqualTo("a");
      assertThatThrownBy(spool::remove).isInstanceOf(IOException.class);
      assertThat(spool.batches()).isEqualTo(2);
      storage.failing.clear();
      assertThat(take(spool)).isEqualTo("b");
    }
    try (Spool spool = open(storage, segments(1000))) {
      // The mark of "b" speaks for "a" too.
      assertThat(takeAll(spool)).containsExactly("c");
    }
  }

  @Test
  void shouldKeepAndCountAFileThatCannotBeDeletedAndDeleteItLater() throws IOException {
    try (Spool spool = open(storage, segments(128))) {
      append(spool, "a", 1);
      append(spool, "b", 1);
      append(spool, "c", 1);
      storage.failing.add(Operation.DELETE);
      assertThat(take(spool)).isEqualTo("a");
      assertThat(text(spool.peek())).isEqualTo("b");
      assertThatThrownBy(spool::remove).isInstanceOf(IOException.class);
      assertThat(spool.batches()).isEqualTo(1);
      assertThat(spool.bytes()).isEqualTo(storage.bytes());
      assertThatThrownBy(() -> append(spool, "d", 1)).isInstanceOf(IOException.class);
      assertThat(spool.batches()).isEqualTo(1);

      MemoryStorage left = storage.copy();
      storage.failing.clear();
      append(spool, "d", 1);
      assertThat(storage.files.keySet()).containsExactly(file(1));
      assertThat(takeAll(spool)).containsExactly("c", "d");
      storage.files.clear();
      storage.files.putAll(left.files);
    }
    try (Spool spool = open(storage, segments(128))) {
      assertThat(takeAll(spool)).containsExactly("c");
    }
  }

  @Test
  void shouldKeepAFullSpoolAsItIsWhenTheOldestFileCannotBeDeleted() throws IOException {
    SpoolSettings settings = new SpoolSettings(10_000, HOUR_MS, 5_000, Sync.NEVER);
    try (Spool spool = open(storage, settings)) {
      append(spool, "x".repeat(700), 1);
      append(spool, "y".repeat(700), 1);
      storage.failing.add(Operation.DELETE);
      assertThatThrownBy(() -> append(spool, "z".repeat(700), 1)).isInstanceOf(IOException.class);
      assertThat(spool.batches()).isEqualTo(2);
      assertThat(spool.takeLosses().isNone()).isTrue();
      storage.failing.clear();
      assertThat(takeAll(spool)).containsExactly("x".repeat(700), "y".repeat(700));
    }
  }

  @Test
  void shouldExpireNothingWhileTheDiskCannotBeRead() throws IOException {
    try (Spool spool = open(storage, segments(1000))) {
      append(spool, "a", 1);
      storage.failing.add(Operation.READ);
      assertThat(spool.expire(CREATED_MS + 100 * HOUR_MS).isNone()).isTrue();
      assertThat(spool.oldestMs()).isEqualTo(-1);
      storage.failing.clear();
      assertThat(spool.oldestMs()).isEqualTo(CREATED_MS);
      assertThat(spool.expire(CREATED_MS + 100 * HOUR_MS).batches()).isEqualTo(1);
      assertThat(storage.files).isEmpty();
    }
  }
}

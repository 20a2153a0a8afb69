// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static io.userevents.agent.internal.spool.Batches.CREATED_MS;
import static io.userevents.agent.internal.spool.Batches.append;
import static io.userevents.agent.internal.spool.Batches.segments;
import static io.userevents.agent.internal.spool.Batches.take;
import static io.userevents.agent.internal.spool.Batches.takeAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.agent.internal.spool.MemoryStorage.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens spools on a disk that cannot read all of their files. */
class SpoolUnreadableTest {

  @TempDir Path folder = Path.of("");

  private final CapturedLog log = new CapturedLog();
  private final MemoryStorage storage = new MemoryStorage();

  @AfterEach
  void showLogAgain() {
    log.close();
  }

  private Spool open(int recordBytes) throws IOException {
    return Spool.open(folder, segments(recordBytes), storage, new SetClocks(CREATED_MS));
  }

  private Path file(int index) {
    return folder.resolve(SegmentLayout.fileName(1 + index));
  }

  private Path setAside(int index) {
    return folder.resolve(SegmentLayout.fileName(1 + index) + ".unreadable");
  }

  /** Five files with a batch each, of 1, 10, 100, 1,000 and 10,000 events. */
  private void writeFiles() throws IOException {
    try (Spool spool = open(100)) {
      int events = 1;
      for (String text : List.of("a", "b", "c", "d", "e")) {
        append(spool, text, events);
        events *= 10;
      }
    }
    assertThat(storage.files).hasSize(5);
  }

  @Test
  void shouldSetAsideAFileThatCannotBeOpenedAndGiveTheOthers() throws IOException {
    writeFiles();
    byte[] content = storage.content(file(2));
    storage.badFiles.add(file(2));

    try (Spool spool = open(100)) {
      assertThat(log.lines)
          .singleElement()
          .asString()
          .contains("damagedBatches=1 damagedEvents=100 uncountedStretches=0")
          .contains("cannot read these files, and they are set aside")
          .contains(setAside(2).getFileName().toString());
      assertThat(storage.content(setAside(2))).isEqualTo(content);
      assertThat(spool.recoveredEvents()).isEqualTo(11_011);
      append(spool, "f", 1);
      assertThat(takeAll(spool)).containsExactly("a", "b", "d", "e", "f");
      SpoolLoss lost = spool.takeLosses().damaged();
      assertThat(lost.events()).isEqualTo(100);
      assertThat(lost.uncounted()).isZero();
    }
    // It is named at each start, until somebody removes it.
    log.lines.clear();
    try (Spool spool = open(100)) {
      assertThat(spool.isEmpty()).isTrue();
      assertThat(spool.takeLosses().isNone()).isTrue();
      assertThat(log.lines).singleElement().asString().contains(".unreadable");
    }
  }

  @Test
  void shouldCountFilesAtTheEndsWithoutANumberOfEvents() throws IOException {
    for (int bad : new int[] {0, 4}) {
      storage.files.clear();
      writeFiles();
      storage.badFiles.clear();
      storage.badFiles.add(file(bad));
      try (Spool spool = open(100)) {
        SpoolLoss lost = spool.takeLosses().damaged();
        assertThat(lost.uncounted()).isEqualTo(1);
        assertThat(takeAll(spool)).hasSize(4);
      }
      assertThat(storage.files).containsOnlyKeys(setAside(bad));
    }
  }

  @Test
  void shouldSetAsideAFileWhoseHeadersCannotBeRead() throws IOException {
    writeFiles();
    storage.badBeginnings.put(file(1), 3L * 4096);

    try (Spool spool = open(100)) {
      assertThat(takeAll(spool)).containsExactly("a", "c", "d", "e");
      assertThat(spool.takeLosses().damaged().events()).isEqualTo(10);
    }
    assertThat(storage.files).containsOnlyKeys(setAside(1));
  }

  @Test
  void shouldUseTheSecondHeaderIfTheFirstCannotBeRead() throws IOException {
    writeFiles();
    storage.badBeginnings.put(file(1), 4096L);

    try (Spool spool = open(100)) {
      assertThat(takeAll(spool)).containsExactly("a", "b", "c", "d", "e");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldGiveTheOtherBatchesOfAFileWithAnUnreadablePage() throws IOException {
    for (int last = 2; last <= 3; last++) {
      storage.files.clear();
      storage.badPosition = -1;
      try (Spool spool = open(100_000)) {
        append(spool, "a", 1);
        append(spool, "x".repeat(9_000), 10);
        append(spool, "y".repeat(9_000), 100);
        if (last == 3) {
          append(spool, "d", 1_000);
        }
      }
      // In the payload of the third batch.
      storage.badPosition = 16_000;

      List<String> given = new ArrayList<>();
      try (Spool spool = open(100_000)) {
        append(spool, "e", 10_000);
        for (int attempt = 0; !spool.isEmpty() && attempt < 20; attempt++) {
          try {
            given.add(String.valueOf(take(spool)).substring(0, 1));
          } catch (IOException e) {
            assertThat(e).hasMessageContaining("Input/output error");
          }
        }
        assertThat(spool.takeLosses().damaged().events()).as("last=%s", last).isEqualTo(100);
      }
      assertThat(given).isEqualTo(last == 3 ? List.of("a", "x", "d", "e") : List.of("a", "x", "e"));
    }
  }

  @Test
  void shouldReadAgainWhatFailsOnce() throws IOException {
    writeFiles();
    MemoryStorage intact = storage.copy();
    int fault = 0;
    do {
      storage.files.clear();
      storage.files.putAll(intact.copy().files);
      storage.failed.clear();
      storage.failAfter = fault++;
      Spool spool;
      try {
        spool = open(100);
      } catch (SpoolException e) {
        assertThat(e).hasMessageContaining("once: LIST");
        continue;
      }
      storage.failAfter = -1;
      assertThat(takeAll(spool)).as("fault=%s", fault).containsExactly("a", "b", "c", "d", "e");
      assertThat(spool.takeLosses().isNone()).isTrue();
      spool.close();
    } while (!storage.failed.isEmpty());
    assertThat(fault).isGreaterThan(15);
  }

  @Test
  void shouldNotSetAsideAFileThatOnlyLacksRights() throws IOException {
    writeFiles();
    storage.badFiles.add(file(2));
    storage.isAccessible = false;

    assertThatThrownBy(() -> open(100))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining("must be readable and writable for the user of this process");
    assertThat(storage.files).containsKey(file(2)).hasSize(5);
    assertThat(storage.openFiles).isZero();
  }

  @Test
  void shouldNotOpenIfAFileCanNeitherBeReadNorSetAside() throws IOException {
    writeFiles();
    storage.badFiles.add(file(2));
    storage.failing.add(Operation.RENAME);

    assertThatThrownBy(() -> open(100)).isInstanceOf(SpoolException.class);
    storage.failing.clear();
    storage.badFiles.clear();
    try (Spool spool = open(100)) {
      assertThat(takeAll(spool)).containsExactly("a", "b", "c", "d", "e");
    }
  }

  @Test
  void shouldOpenThoughAFinishedFileCannotBeDeleted() throws IOException {
    writeFiles();
    Spool first = open(100);
    storage.failing.add(Operation.DELETE);
    assertThat(Batches.text(first.peek())).isEqualTo("a");
    assertThatThrownBy(first::remove).isInstanceOf(IOException.class);
    first.close();

    try (Spool spool = open(100)) {
      assertThat(Batches.text(spool.peek())).isEqualTo("b");
      assertThat(spool.bytes()).isEqualTo(storage.bytes());
      storage.failing.clear();
      assertThat(takeAll(spool)).containsExactly("b", "c", "d", "e");
    }
    assertThat(storage.files).isEmpty();
  }

  @Test
  void shouldNotReplaceAFileThatWasSetAsideBefore() throws IOException {
    FolderStorage disk = new FolderStorage(folder);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Path path = Files.writeString(folder.resolve("1.spool"), "content " + i);
      Path aside = disk.setAside(path);
      names.add(aside.getFileName().toString());
      assertThat(aside).hasContent("content " + i);
      assertThat(path).doesNotExist();
    }
    assertThat(names)
        .containsExactly("1.spool.unreadable", "1.spool.unreadable-2", "1.spool.unreadable-3");
  }
}

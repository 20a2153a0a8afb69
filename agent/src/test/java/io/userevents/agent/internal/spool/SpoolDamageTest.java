// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static io.userevents.agent.internal.spool.Batches.CREATED_MS;
import static io.userevents.agent.internal.spool.Batches.append;
import static io.userevents.agent.internal.spool.Batches.segments;
import static io.userevents.agent.internal.spool.Batches.take;
import static io.userevents.agent.internal.spool.Batches.takeAll;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages the files of a spool in all ways, and compares the returned batches with those that must
 * be left: the batches whose bytes are intact, in their order, and a count of the others.
 */
class SpoolDamageTest {

  private static final int FIRST = SegmentLayout.FIRST_RECORD;

  /** Where a batch lies. */
  private record Place(Path file, int position, String text, int events) {

    int state() {
      return position + SegmentLayout.STATE_OFFSET;
    }

    int payloadEnd() {
      return position + SegmentLayout.PAYLOAD_OFFSET + text.length();
    }
  }

  @TempDir Path folder = Path.of("");

  private final CapturedLog log = new CapturedLog();
  private SpoolSettings settings = segments(160);
  private final MemoryStorage original = new MemoryStorage();
  private final List<Place> places = new ArrayList<>();

  @AfterEach
  void showLogAgain() {
    log.close();
  }

  private Spool open(MemoryStorage storage) throws IOException {
    return Spool.open(folder, settings, storage, new SetClocks(CREATED_MS));
  }

  /** The file that the spool wrote as the first, second and so on, from 0. */
  private Path file(int index) {
    return folder.resolve(SegmentLayout.fileName(1 + index));
  }

  /** Appends the texts, with 1, 10, 100 ... events, and notes where they lie. */
  private void write(String... texts) throws IOException {
    int events = 1;
    try (Spool spool = open(original)) {
      for (String text : texts) {
        append(spool, text, events);
        Path file = original.files.lastKey();
        int end = original.content(file).length;
        places.add(
            new Place(file, end - text.length() - SegmentLayout.PAYLOAD_OFFSET, text, events));
        events = Math.min(events * 10, 100_000);
      }
    }
  }

  private void writeThree() throws IOException {
    write("first", "second!!", "the third one");
    assertThat(original.files).hasSize(2);
    assertThat(places.get(1).file()).isEqualTo(file(0));
    assertThat(places.get(2).file()).isEqualTo(file(1));
  }

  private List<String> intact(MemoryStorage damaged) {
    List<String> texts = new ArrayList<>();
    for (Place place : places) {
      if (isIntact(damaged, place) && hasSalt(damaged, place.file())) {
        texts.add(place.text());
      }
    }
    return texts;
  }

  private boolean isIntact(MemoryStorage damaged, Place place) {
    return isSame(damaged, place.file(), place.position(), place.state())
        && isSame(damaged, place.file(), place.state() + Long.BYTES, place.payloadEnd())
        && damaged.content(place.file()).length >= place.payloadEnd();
  }

  private boolean hasSalt(MemoryStorage damaged, Path file) {
    return isSame(damaged, file, 0, SegmentLayout.HEADER_COPY_BYTES)
        || isSame(damaged, file, SegmentLayout.SECOND_HEADER, FIRST)
        || isSame(damaged, file, FIRST, FIRST + SegmentLayout.STATE_OFFSET);
  }

  private boolean isSame(MemoryStorage damaged, Path file, int from, int to) {
    byte[] bytes = damaged.files.get(file);
    return bytes != null
        && bytes.length >= to
        && Arrays.equals(bytes, from, to, original.content(file), from, to);
  }

  /**
   * Opens the remaining files and checks them.
   *
   * @param isCounted whether the number of lost batches can be known: the end of the spool and the
   *     header of its first file are as they were
   */
  private void check(MemoryStorage damaged, boolean isCounted, String how) throws IOException {
    List<String> expected = intact(damaged);
    int total = places.size();
    int totalEvents = places.stream().mapToInt(Place::events).sum();
    log.lines.clear();
    try (Spool spool = open(damaged)) {
      append(spool, "afterwards", 7);
      List<String> given = new ArrayList<>();
      int givenEvents = 0;
      for (SpooledBatch batch = spool.peek(); batch != null; batch = spool.peek()) {
        given.add(String.valueOf(Batches.text(batch)));
        givenEvents += batch.events();
        spool.remove();
      }
      expected.add("afterwards");
      assertThat(given).as(how).isEqualTo(expected);
      assertThat(spool.isEmpty()).as(how).isTrue();
      assertThat(spool.events()).as(how).isZero();
      assertThat(spool.bytes()).as(how).isZero();
      SpoolLoss lost = spool.takeLosses().damaged();
      if (isCounted) {
        assertThat(given.size() - 1 + lost.batches()).as(how).isEqualTo(total);
        if (lost.uncounted() == 0) {
          assertThat(givenEvents - 7 + lost.events()).as(how).isEqualTo(totalEvents);
        }
      } else {
        assertThat(givenEvents - 7 + lost.events()).as(how).isLessThanOrEqualTo(totalEvents);
      }
    }
    for (Path left : damaged.files.keySet()) {
      // Random damage may put both headers of one file into another, as if it had its name.
      long number =
          ByteBuffer.wrap(damaged.content(left))
              .order(ByteOrder.LITTLE_ENDIAN)
              .getLong(SegmentLayout.NUMBER_OFFSET);
      assertThat(left).as(how).isNotEqualTo(folder.resolve(SegmentLayout.fileName(number)));
      assertThat(log.lines.get(0)).as(how).contains(String.valueOf(left.getFileName()));
    }
    assertThat(damaged.openFiles).as(how).isZero();
  }

  @Test
  void shouldGiveAllIntactBatchesAfterAFlippedBitAnywhere() throws IOException {
    writeThree();
    for (Path file : original.files.keySet()) {
      int size = original.content(file).length;
      for (int position = 0; position < size; position++) {
        boolean isZeroes =
            position >= SegmentLayout.HEADER_COPY_BYTES && position < SegmentLayout.SECOND_HEADER;
        // The spool does not read the zeros between the headers, so one bit of each byte is enough.
        for (int bit = 0; bit < (isZeroes ? 1 : 8); bit++) {
          MemoryStorage damaged = original.copy();
          byte[] bytes = damaged.content(file);
          bytes[position] ^= (byte) (1 << (isZeroes ? position % 8 : bit));
          check(damaged, true, "file=" + file + " position=" + position + " bit=" + bit);
        }
      }
    }
  }

  @Test
  void shouldGiveAllIntactBatchesAfterACutAnywhere() throws IOException {
    writeThree();
    for (Path file : original.files.keySet()) {
      int size = original.content(file).length;
      for (int cut = 0; cut < size; cut++) {
        MemoryStorage damaged = original.copy();
        damaged.files.put(file, Arrays.copyOf(damaged.content(file), cut));
        boolean isLast = file.equals(file(1));
        // The second file tells how many batches the first one had; nothing tells of the last ones.
        boolean isCounted = isLast ? cut > FIRST : cut >= SegmentLayout.HEADER_COPY_BYTES;
        check(damaged, isCounted, "file=" + file + " cut=" + cut);
      }
    }
  }

  @Test
  void shouldGiveAllIntactBatchesAfterAZeroedBlockAnywhere() throws IOException {
    write("a".repeat(20), "b".repeat(3000), "c".repeat(5000), "d".repeat(9000), "e".repeat(20));
    for (Path file : original.files.keySet()) {
      int size = original.content(file).length;
      for (int from = 0; from < size; from += 8) {
        MemoryStorage damaged = original.copy();
        Arrays.fill(damaged.content(file), from, Math.min(size, from + 4096), (byte) 0);
        assertThat(hasSalt(damaged, file)).isTrue();
        check(damaged, true, "file=" + file + " from=" + from);
      }
    }
  }

  @Test
  void shouldGiveAllIntactBatchesAfterRandomDamage() throws IOException {
    long seed = Long.getLong("spool.seed", System.nanoTime());
    System.out.println("SpoolDamageTest: seed of the random damage: -Dspool.seed=" + seed);
    Random random = new Random(seed);
    String[] texts = new String[16];
    for (int i = 0; i < texts.length; i++) {
      char[] text = new char[random.nextInt(random.nextBoolean() ? 40 : 2500)];
      for (int j = 0; j < text.length; j++) {
        text[j] = (char) random.nextInt(256);
      }
      texts[i] = new String(text);
    }
    int bytes = Stream.of(texts).mapToInt(String::length).sum();
    // Small enough that the batches need more than two files, however short they are.
    settings = segments(200 + random.nextInt(Math.min(4_000, 1 + bytes / 5)));
    write(texts);
    assertThat(original.files).hasSizeGreaterThan(2);
    for (int round = 0; round < Integer.getInteger("spool.rounds", 3_000); round++) {
      MemoryStorage damaged = original.copy();
      int faults = 1 + random.nextInt(6);
      // Where the first and the last file are left alone, all can be counted.
      boolean isCounted = random.nextBoolean();
      for (int i = 0; i < faults; i++) {
        damage(damaged, isCounted, random);
      }
      check(damaged, isCounted, "seed=" + seed + " round=" + round);
    }
  }

  /** Batches that were sent have a mark. A crash may lose some marks, except the last one. */
  @Test
  void shouldGiveAllIntactBatchesBehindTheLastMarkAfterRandomDamage() throws IOException {
    long seed = Long.getLong("spool.seed", System.nanoTime());
    System.out.println("SpoolDamageTest: seed of the random marks: -Dspool.seed=" + seed);
    Random random = new Random(seed);
    String[] texts = new String[16];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = "%02d".formatted(i) + "x".repeat(random.nextInt(i % 2 == 0 ? 40 : 2500));
    }
    settings = segments(200 + random.nextInt(4_000));
    write(texts);
    int givenAgain = 0;
    for (int round = 0; round < Integer.getInteger("spool.rounds", 3_000); round++) {
      MemoryStorage marked = original.copy();
      int sent = random.nextInt(places.size() + 1);
      for (int i = 0; i < sent; i++) {
        if (i == sent - 1 || random.nextBoolean()) {
          setState(marked, places.get(i), SegmentLayout.DONE);
        }
      }
      MemoryStorage damaged = marked.copy();
      boolean isCounted = random.nextBoolean();
      for (int faults = random.nextInt(6); faults > 0; faults--) {
        damage(damaged, isCounted, random);
      }
      givenAgain += checkMarked(damaged, sent, isCounted, "seed=" + seed + " round=" + round);
    }
    assertThat(givenAgain).as("batches whose marks were damaged").isPositive();
  }

  /** Returns how many of the first batches, which were sent, were given again. */
  private int checkMarked(MemoryStorage damaged, int sent, boolean isCounted, String how)
      throws IOException {
    List<String> intact = intact(damaged);
    boolean hasLastMark = sent == 0 || isDone(damaged, places.get(sent - 1));
    // A block from another place may bring a mark with it. All batches before it count as sent.
    int first = sent;
    for (int i = sent; i < places.size(); i++) {
      first = isDone(damaged, places.get(i)) ? i + 1 : first;
    }
    List<String> texts = places.stream().map(Place::text).toList();
    List<String> expected = new ArrayList<>(intact);
    expected.removeAll(texts.subList(0, first));
    boolean isMarkRead = sent == 0 || (hasLastMark && intact.contains(places.get(sent - 1).text()));
    try (Spool spool = open(damaged)) {
      List<String> given = takeAll(spool);
      assertThat(given).as(how).isSubsetOf(intact);
      assertThat(expected).as(how).isSubsetOf(given);
      // The texts begin with their number.
      assertThat(given).as(how).isSorted().doesNotHaveDuplicates();
      if (isMarkRead) {
        assertThat(given).as(how).isSubsetOf(texts.subList(sent, texts.size()));
      }
      if (isCounted && first == sent) {
        // A damaged batch may have been sent, if its mark was lost.
        assertThat(given.size() + spool.takeLosses().damaged().batches())
            .as(how)
            .isBetween((long) (places.size() - sent), (long) places.size());
      }
      return (int) texts.subList(0, sent).stream().filter(given::contains).count();
    }
  }

  private static void setState(MemoryStorage storage, Place place, long state) {
    states(storage.content(place.file())).putLong(place.state(), state);
  }

  private static boolean isDone(MemoryStorage storage, Place place) {
    byte[] bytes = storage.files.get(place.file());
    return bytes != null
        && bytes.length >= place.state() + Long.BYTES
        && states(bytes).getLong(place.state()) == SegmentLayout.DONE;
  }

  private static ByteBuffer states(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void damage(MemoryStorage damaged, boolean isInner, Random random) {
    List<Path> paths = List.copyOf(damaged.files.keySet());
    if (isInner) {
      paths = paths.subList(1, paths.size() - 1);
    }
    Path path = paths.get(random.nextInt(paths.size()));
    byte[] bytes = damaged.content(path);
    if (bytes.length == 0) {
      return;
    }
    // Half of the damage near the records, which are few beside the headers.
    int from =
        random.nextBoolean() && bytes.length > FIRST
            ? FIRST + random.nextInt(bytes.length - FIRST)
            : random.nextInt(bytes.length);
    int to = from + random.nextInt(Math.min(bytes.length - from, 5000) + 1);
    switch (random.nextInt(7)) {
      case 0 -> bytes[from] ^= (byte) (1 << random.nextInt(8));
      case 1 -> Arrays.fill(bytes, from, to, (byte) 0);
      case 2 -> Arrays.fill(bytes, from, to, (byte) 0xff);
      case 3 -> {
        byte[] noise = new byte[to - from];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, from, noise.length);
      }
      case 4 -> damaged.files.put(path, Arrays.copyOf(bytes, from));
      case 5 -> {
        // The disk returns another block, of this or another file.
        byte[] other = damaged.content(paths.get(random.nextInt(paths.size())));
        int length = Math.min(to - from, other.length);
        if (length > 0) {
          int start = random.nextInt(other.length - length + 1) & -8;
          System.arraycopy(other, start, bytes, from & -8, length);
        }
      }
      default -> damaged.files.put(path, Arrays.copyOf(bytes, bytes.length + 1 + to - from));
    }
  }

  @Test
  void shouldIgnoreFilesOfGarbageAndEmptyOnes() throws IOException {
    writeThree();
    byte[] garbage = new byte[9000];
    new Random(1).nextBytes(garbage);
    MemoryStorage damaged = original.copy();
    damaged.files.put(file(7), garbage);
    damaged.files.put(file(8), new byte[0]);
    damaged.files.put(file(9), new byte[SegmentLayout.SECOND_HEADER]);

    check(damaged, false, "garbage");
  }

  @Test
  void shouldCountTheBatchesOfAMissingFile() throws IOException {
    write("a", "b", "c", "d", "e", "f", "g");
    MemoryStorage damaged = original.copy();
    damaged.files.remove(file(1));

    try (Spool spool = open(damaged)) {
      assertThat(spool.recoveredBatches()).isEqualTo(5);
      assertThat(log.lines).singleElement().asString().contains("damagedBatches=2");
      assertThat(takeAll(spool)).containsExactly("a", "b", "e", "f", "g");
      SpoolLoss lost = spool.takeLosses().damaged();
      assertThat(lost.batches()).isEqualTo(2);
      assertThat(lost.events()).isEqualTo(100 + 1000);
      assertThat(lost.uncounted()).isZero();
    }
  }

  @Test
  void shouldCountTheBatchesOfAFileThatIsDeletedWhileTheSpoolIsOpen() throws IOException {
    write("a", "b", "c", "d", "e");
    MemoryStorage storage = original.copy();
    try (Spool spool = open(storage)) {
      storage.files.remove(file(1));

      assertThat(takeAll(spool)).containsExactly("a", "b", "e");
      SpoolLoss lost = spool.takeLosses().damaged();
      assertThat(lost.batches()).isEqualTo(2);
      assertThat(lost.events()).isEqualTo(100 + 1000);
      assertThat(log.lines).hasSize(2).last().asString().contains("file=" + file(1));
    }
  }

  @Test
  void shouldCountDamageThatHappensWhileTheSpoolIsOpen() throws IOException {
    write("a", "b", "c", "d", "e");
    MemoryStorage storage = original.copy();
    try (Spool spool = open(storage)) {
      Place b = places.get(1);
      storage.content(b.file())[b.position()]++;
      Place d = places.get(3);
      storage.content(d.file())[d.payloadEnd() - 1]++;

      assertThat(takeAll(spool)).containsExactly("a", "c", "e");
      SpoolLoss lost = spool.takeLosses().damaged();
      assertThat(lost.batches()).isEqualTo(2);
      assertThat(lost.events()).isEqualTo(10 + 1000);
    }
  }

  @Test
  void shouldCountDamageOnceThatIsSeenAtOpeningAndMetAgain() throws IOException {
    write("a", "b", "c", "d", "e");
    MemoryStorage storage = original.copy();
    Place a = places.get(0);
    storage.content(a.file())[a.position() + SegmentLayout.LENGTH_OFFSET]++;
    try (Spool spool = open(storage)) {
      assertThat(spool.takeLosses().damaged().events()).isEqualTo(1);
      assertThat(spool.batches()).isEqualTo(4);
      assertThat(spool.events()).isEqualTo(11110);

      assertThat(takeAll(spool)).containsExactly("b", "c", "d", "e");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldNotGiveABatchAgainWhoseStateIsDamagedButThatLiesBeforeOneThatIsDone()
      throws IOException {
    writeThree();
    MemoryStorage storage = original.copy();
    try (Spool spool = open(storage)) {
      take(spool);
    }
    Place first = places.get(0);
    MemoryStorage damaged = storage.copy();
    damaged.content(first.file())[first.position() + SegmentLayout.STATE_OFFSET]++;
    try (Spool spool = open(damaged)) {
      // The last one that is done: its state alone tells, and damage must lose no intact batch.
      assertThat(takeAll(spool)).containsExactly("first", "second!!", "the third one");
    }

    write("fourth");
    // A file with three batches, of which two are removed.
    MemoryStorage three = new MemoryStorage();
    try (Spool spool = Spool.open(folder, segments(1000), three, new SetClocks(CREATED_MS))) {
      append(spool, "x", 1);
      append(spool, "y", 1);
      append(spool, "z", 1);
      take(spool);
      take(spool);
    }
    byte[] bytes = three.content(file(0));
    bytes[FIRST + SegmentLayout.STATE_OFFSET]++;
    try (Spool spool = open(three)) {
      assertThat(takeAll(spool)).containsExactly("z");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldCutOffARecordThatWasNotWrittenWholeAndTellItInOneLine() throws IOException {
    writeThree();
    Place third = places.get(2);
    MemoryStorage damaged = original.copy();
    damaged.files.put(
        third.file(), Arrays.copyOf(damaged.content(third.file()), third.payloadEnd() - 1));

    try (Spool spool = open(damaged)) {
      assertThat(log.lines)
          .singleElement()
          .asString()
          .startsWith("WARNING Opened a spool")
          .contains("damagedBatches=1 damagedEvents=100 uncountedStretches=0")
          .contains("cutBytes=" + (third.payloadEnd() - 1 - third.position()));
      assertThat(spool.takeLosses().damaged().events()).isEqualTo(100);
      append(spool, "next", 1);
      assertThat(takeAll(spool)).containsExactly("first", "second!!", "next");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldCutOffARecordWhoseBytesNeverReachedTheDisk() throws IOException {
    write("a", "b", "a longer one");
    Place last = places.get(2);
    MemoryStorage damaged = original.copy();
    Arrays.fill(damaged.content(last.file()), last.payloadEnd() - 6, last.payloadEnd(), (byte) 0);

    try (Spool spool = open(damaged)) {
      assertThat(spool.recoveredBatches()).isEqualTo(2);
      assertThat(spool.takeLosses().damaged().events()).isEqualTo(100);
      append(spool, "next", 1);
      assertThat(takeAll(spool)).containsExactly("a", "b", "next");
    }
  }

  @Test
  void shouldLeaveNothingOfARecordThatWasCutOff() throws IOException {
    settings = segments(10_000);
    write("a", "b".repeat(3_000));
    MemoryStorage damaged = original.copy();
    Place b = places.get(1);
    damaged.files.put(file(0), Arrays.copyOf(damaged.content(file(0)), b.payloadEnd() - 1));

    try (Spool spool = open(damaged)) {
      assertThat(damaged.content(file(0))).hasSize(b.position());
      assertThat(spool.bytes()).isEqualTo(b.position());
      append(spool, "c", 1);
    }
    try (Spool spool = open(damaged)) {
      assertThat(takeAll(spool)).containsExactly("a", "c");
      assertThat(spool.takeLosses().isNone()).isTrue();
    }
  }

  @Test
  void shouldGiveAllBatchesBehindADamagedOneOfTheSameFile() throws IOException {
    settings = segments(10_000);
    write("a", "b", "c", "d", "e");
    MemoryStorage damaged = original.copy();
    damaged.content(file(0))[places.get(1).position()]++;
    damaged.content(file(0))[places.get(2).position()]++;

    check(damaged, true, "two of five");
  }

  @Test
  void shouldCountOnceTheBatchesOfLastFilesThatAreAllDamaged() throws IOException {
    write("a", "b", "c", "d", "e", "f");
    assertThat(original.files).hasSize(3);
    MemoryStorage damaged = original.copy();
    for (Place place : places.subList(2, 6)) {
      damaged.content(place.file())[place.position()]++;
    }

    try (Spool spool = open(damaged)) {
      append(spool, "g", 1);
      assertThat(takeAll(spool)).containsExactly("a", "b", "g");
      SpoolLoss lost = spool.takeLosses().damaged();
      // Nothing in the folder shows that the last file had two records.
      assertThat(lost.batches()).isEqualTo(3);
      assertThat(lost.events()).isEqualTo(100 + 1000);
      assertThat(lost.uncounted()).isEqualTo(1);
    }
  }

  @Test
  void shouldNotGiveBatchesOfAFileAgainWhoseDeletionAndMarksACrashUndid() throws IOException {
    write("a", "b", "c", "d");
    MemoryStorage storage = original.copy();
    try (Spool spool = open(storage)) {
      assertThat(take(spool)).isEqualTo("a");
      assertThat(take(spool)).isEqualTo("b");
      assertThat(take(spool)).isEqualTo("c");
      assertThat(storage.files.keySet()).containsExactly(file(1));
    }
    storage.files.put(file(0), original.content(file(0)));

    try (Spool spool = open(storage)) {
      assertThat(spool.recoveredBatches()).isEqualTo(1);
      assertThat(takeAll(spool)).containsExactly("d");
      assertThat(spool.takeLosses().isNone()).isTrue();
      assertThat(storage.files).isEmpty();
    }
  }

  @Test
  void shouldNameTheFileAndBothVersionsIfAnotherVersionWroteIt() throws IOException {
    writeThree();
    MemoryStorage newer = original.copy();
    byte[] bytes = newer.content(file(1));
    for (int at = 0; at <= SegmentLayout.SECOND_HEADER; at += SegmentLayout.SECOND_HEADER) {
      ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      header.putInt(at + SegmentLayout.VERSION_OFFSET, 2);
      CRC32C crc = new CRC32C();
      crc.update(bytes, at, 12);
      header.putInt(at + SegmentLayout.VERSION_CRC_OFFSET, (int) crc.getValue());
      // Another version may have anything behind the first 16 bytes.
      Arrays.fill(bytes, at + 16, at + SegmentLayout.HEADER_COPY_BYTES, (byte) 7);
    }
    MemoryStorage before = newer.copy();

    assertThatThrownBy(() -> open(newer))
        .isInstanceOf(SpoolException.class)
        .hasMessage(
            "the spool's file has a format of another version: file="
                + file(1)
                + " found=2 expected=1; send the file with the version of the agent that wrote it, or"
                + " move it to another folder");
    assertThat(newer.files.keySet()).isEqualTo(before.files.keySet());
    assertThat(newer.content(file(1))).isEqualTo(before.content(file(1)));
  }

  @Test
  void shouldNeverTakeAPayloadForARecord() throws IOException {
    // The writer of a metric may know the format, and even files of other spools.
    MemoryStorage known = new MemoryStorage();
    try (Spool spool = open(known)) {
      append(spool, "forged", 1_000_000);
    }
    byte[] foreign = known.content(file(0));
    String record = latin1(Arrays.copyOfRange(foreign, FIRST, foreign.length)) + "\0".repeat(8);
    String file = latin1(foreign);
    write("a", record.repeat(20), file, "\0".repeat(SegmentLayout.SECOND_HEADER) + file, "e");
    for (Place hiding : places.subList(1, 4)) {
      MemoryStorage damaged = original.copy();
      // The header is gone, and the salt is hard to find.
      byte[] bytes = damaged.content(hiding.file());
      Arrays.fill(bytes, hiding.position(), hiding.position() + 48, (byte) 0);
      Arrays.fill(bytes, 0, 64, (byte) 0);
      check(damaged, true, "hiding at " + hiding.position());
    }
  }

  @Test
  void shouldNeverTakeARecordForThisVeryPlaceForARecordUnlessItHasTheSalt() throws IOException {
    MemoryStorage other = new MemoryStorage();
    try (Spool spool = open(other)) {
      append(spool, "a", 1);
    }
    RecordHeader forged = new RecordHeader();
    forged.salt =
        ByteBuffer.wrap(other.content(file(0)))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong(SegmentLayout.SALT_OFFSET);
    forged.position = FIRST + SegmentLayout.PAYLOAD_OFFSET;
    forged.length = 6;
    forged.events = 1_000_000;
    byte[] header = new RecordReader().encode(forged, "forged".getBytes(ISO_8859_1), 0);
    write(latin1(header) + "forged", "b");
    assertThat(places.get(0).position()).isEqualTo(FIRST);
    MemoryStorage damaged = original.copy();
    damaged.content(file(0))[FIRST + SegmentLayout.SEQUENCE_OFFSET]++;

    check(damaged, true, "forged");
  }

  @Test
  void shouldNeverTakeACopyOfARecordInAPayloadForARecord() throws IOException {
    // Even a writer who can read the spool's files gains nothing by sending a record again.
    MemoryStorage storage = new MemoryStorage();
    settings = segments(10_000);
    try (Spool spool = open(storage)) {
      append(spool, "first", 1);
      byte[] bytes = storage.content(file(0));
      append(spool, latin1(Arrays.copyOfRange(bytes, FIRST, bytes.length)) + "\0\0\0", 1);
      append(spool, "third", 1);
    }
    byte[] bytes = storage.content(file(0));
    bytes[FIRST + 64 + SegmentLayout.LENGTH_OFFSET]++;
    try (Spool spool = open(storage)) {
      assertThat(takeAll(spool)).containsExactly("first", "third");
      assertThat(spool.takeLosses().damaged().batches()).isEqualTo(1);
    }
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }
}

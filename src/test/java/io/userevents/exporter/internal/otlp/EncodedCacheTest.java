// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.ByteBlocks.BLOCK_LENGTH;
import static io.userevents.exporter.internal.otlp.EncodedCache.BYTES_PER_ENTRY;
import static io.userevents.exporter.internal.otlp.EncodedCache.EMPTY_BYTES;
import static io.userevents.exporter.internal.otlp.EncodedCache.ENTRY_BYTES;
import static io.userevents.exporter.internal.otlp.EncodedCache.KEPT_EXPORTS;
import static io.userevents.exporter.internal.otlp.EncodedCache.NONE;
import static io.userevents.exporter.internal.otlp.TestMetrics.RESOURCE;
import static io.userevents.exporter.internal.otlp.TestMetrics.SCOPE;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.metrics.data.MetricData;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedCacheTest {

  private static final int TAG = 0x0A;
  private static final int OTHER_TAG = 0x3A;
  private static final int AMPLE = 1 << 20;

  /** Keys and entries fit into {@code ROOM_FOR_TEN}, ten of them. */
  private static final int LENGTH = BYTES_PER_ENTRY - ENTRY_BYTES;

  private static final int ROOM_FOR_TEN = 11 * BYTES_PER_ENTRY;

  /** Equal to each other, so that only the identity tells them apart. */
  private record Key(int length) {}

  private final ProtoWriter writer = new ProtoWriter(BLOCK_LENGTH);

  @Test
  void shouldFindKeyAgain() {
    EncodedCache cache = new EncodedCache(AMPLE);
    Key key = new Key(20);
    add(cache, key, TAG);

    assertThat(isFound(cache, key, TAG)).isTrue();
    cache.beginExport();
    assertThat(isFound(cache, key, TAG)).isTrue();
    assertThat(cache.misses()).isEqualTo(1);
  }

  @Test
  void shouldTellEqualKeysApart() {
    EncodedCache cache = new EncodedCache(AMPLE);
    Key key = new Key(20);
    Key equal = new Key(20);
    add(cache, key, TAG);

    assertThat(isFound(cache, equal, TAG)).isFalse();
    add(cache, equal, TAG);

    assertThat(cache.size()).isEqualTo(2);
    assertThat(isFound(cache, key, TAG)).isTrue();
    assertThat(isFound(cache, equal, TAG)).isTrue();
  }

  @Test
  void shouldKeepKeyOncePerTag() {
    EncodedCache cache = new EncodedCache(AMPLE);
    Key key = new Key(20);
    add(cache, key, TAG);

    assertThat(isFound(cache, key, OTHER_TAG)).isFalse();
    add(cache, key, OTHER_TAG);

    cache.beginExport();
    assertThat(isFound(cache, key, OTHER_TAG)).isTrue();
    assertThat(isFound(cache, key, TAG)).isTrue();
    assertThat(isFound(cache, key, OTHER_TAG)).isTrue();
  }

  @Test
  void shouldNotFindKeysUnderATagThatTheyHaveNot() {
    // Often enough that the search comes by the same key with the other tag.
    for (int i = 0; i < 200; i++) {
      EncodedCache cache = new EncodedCache(AMPLE);
      List<Key> keys = keys(40, 1);
      addAll(cache, keys);

      assertThat(keys).noneMatch(key -> isFound(cache, key, OTHER_TAG));
    }
  }

  @Test
  void shouldKeepEmptyEntries() {
    EncodedCache cache = new EncodedCache(AMPLE);
    Key empty = new Key(0);
    Key other = new Key(5);
    add(cache, empty, TAG);
    add(cache, other, TAG);

    assertThat(isFound(cache, empty, TAG)).isTrue();
    assertThat(isFound(cache, other, TAG)).isTrue();
  }

  @Test
  void shouldKeepSuffixLength() {
    EncodedCache cache = new EncodedCache(AMPLE);
    Key one = new Key(20);
    Key two = new Key(30);
    assertThat(cache.find(one, TAG)).isEqualTo(NONE);
    write(one, TAG);
    cache.add(one, TAG, writer, 7);
    assertThat(cache.find(two, TAG)).isEqualTo(NONE);
    write(two, TAG);
    cache.add(two, TAG, writer, 30);

    assertThat(cache.suffixLength(cache.find(one, TAG))).isEqualTo(7);
    assertThat(cache.suffixLength(cache.find(two, TAG))).isEqualTo(30);
  }

  @Test
  void shouldSearchOnlyWhereTheOrderDiffersFromTheExportBefore() {
    EncodedCache cache = new EncodedCache(AMPLE);
    List<Key> keys = keys(1000, 3);
    addAll(cache, keys);
    cache.beginExport();
    findAll(cache, keys);
    long searches = cache.searches();

    cache.beginExport();
    findAll(cache, keys);
    assertThat(cache.searches()).isEqualTo(searches);

    // The moved key, the one behind its old place and the one behind its new place.
    keys.add(700, keys.remove(100));
    cache.beginExport();
    findAll(cache, keys);
    assertThat(cache.searches()).isEqualTo(searches + 3);

    Collections.shuffle(keys, new Random(1));
    cache.beginExport();
    findAll(cache, keys);
    long searchesWhenShuffled = cache.searches();
    assertThat(searchesWhenShuffled).isGreaterThan(searches + 900);
    cache.beginExport();
    findAll(cache, keys);
    assertThat(cache.searches()).isEqualTo(searchesWhenShuffled);
    assertThat(cache.misses()).isEqualTo(keys.size());
  }

  @Test
  void shouldRefuseNewcomersWhenFullAndKeepWhatIsInUse() {
    EncodedCache cache = new EncodedCache(ROOM_FOR_TEN);
    List<Key> inUse = keys(10, LENGTH);
    addAll(cache, inUse);
    for (int export = 0; export < 10 * KEPT_EXPORTS; export++) {
      cache.beginExport();
      List<Key> newcomers = keys(20, LENGTH);
      addAll(cache, newcomers);
      findAll(cache, inUse);

      assertThat(cache.size()).isEqualTo(10);
      assertThat(newcomers).noneMatch(key -> isFound(cache, key, TAG));
    }
  }

  @Test
  void shouldRemoveWhatWasOfNoUseToTheLastExportsOnceRoomIsNeeded() {
    EncodedCache cache = new EncodedCache(ROOM_FOR_TEN);
    cache.beginExport();
    List<Key> inUse = keys(5, LENGTH);
    List<Key> unused = keys(5, LENGTH);
    addAll(cache, unused);
    addAll(cache, inUse);
    List<Key> newcomers = keys(5, LENGTH);

    for (int export = 0; export < KEPT_EXPORTS; export++) {
      cache.beginExport();
      findAll(cache, inUse);
      addAll(cache, newcomers);
      assertThat(newcomers).as("export=%d", export).noneMatch(key -> isFound(cache, key, TAG));
    }
    cache.beginExport();

    assertThat(cache.size()).isEqualTo(5);
    addAll(cache, newcomers);
    findAll(cache, inUse);
    findAll(cache, newcomers);
    assertThat(unused).noneMatch(key -> isFound(cache, key, TAG));
  }

  @Test
  void shouldKeepWhatIsOfNoUseWhileNobodyNeedsTheRoom() {
    EncodedCache cache = new EncodedCache(ROOM_FOR_TEN);
    List<Key> keys = keys(10, LENGTH);
    addAll(cache, keys);
    for (int export = 0; export < 10 * KEPT_EXPORTS; export++) {
      cache.beginExport();
    }

    findAll(cache, keys);
  }

  @Test
  void shouldNotSweepForFewRefusals() {
    EncodedCache cache = new EncodedCache(101 * BYTES_PER_ENTRY);
    addAll(cache, keys(100, LENGTH));
    for (int export = 0; export <= KEPT_EXPORTS; export++) {
      cache.beginExport();
    }
    int fewerThanPay = 12;
    addAll(cache, keys(fewerThanPay, LENGTH));
    cache.beginExport();
    assertThat(cache.size()).isEqualTo(100);

    addAll(cache, keys(1, LENGTH));
    cache.beginExport();

    assertThat(cache.size()).isZero();
  }

  @Test
  void shouldNotSweepAgainForTheSameRefusals() {
    EncodedCache cache = new EncodedCache(ROOM_FOR_TEN);
    addAll(cache, keys(10, LENGTH));
    for (int export = 0; export <= KEPT_EXPORTS; export++) {
      cache.beginExport();
    }
    addAll(cache, keys(10, LENGTH));
    cache.beginExport();
    assertThat(cache.size()).isZero();

    addAll(cache, keys(10, LENGTH));
    for (int export = 0; export < 10 * KEPT_EXPORTS; export++) {
      cache.beginExport();
    }

    assertThat(cache.size()).isEqualTo(10);
  }

  @Test
  void shouldKeepAllOfAnEntryThatIsMoved() {
    EncodedCache cache = new EncodedCache(ROOM_FOR_TEN);
    addAll(cache, keys(3, LENGTH));
    for (int export = 0; export <= KEPT_EXPORTS; export++) {
      cache.beginExport();
    }
    List<Key> moved = keys(7, LENGTH);
    for (int i = 0; i < moved.size(); i++) {
      assertThat(cache.find(moved.get(i), tag(i))).isEqualTo(NONE);
      write(moved.get(i), tag(i));
      cache.add(moved.get(i), tag(i), writer, i);
    }
    addAll(cache, keys(10, LENGTH));
    cache.beginExport();
    assertThat(cache.size()).isEqualTo(moved.size());

    // Not found in between: it has to remember when they were of use. Some may be passed over.
    addAll(cache, keys(20, LENGTH));
    cache.beginExport();

    assertThat(cache.size()).isEqualTo(10);
    for (int i = 0; i < moved.size(); i++) {
      assertThat(isFound(cache, moved.get(i), tag(i))).isTrue();
      assertThat(isFound(cache, moved.get(i), tag(i + 1))).isFalse();
      assertThat(cache.suffixLength(cache.find(moved.get(i), tag(i)))).isEqualTo(i);
    }
  }

  @Test
  void shouldRemoveWhatIsIdleForLongEvenIfThereIsRoom() {
    EncodedCache cache = new EncodedCache(ROOM_FOR_TEN);
    List<Key> keys = keys(2, LENGTH);
    addAll(cache, keys);
    for (int export = 0; export < 2 * EncodedCache.IDLE_EXPORTS; export++) {
      cache.beginExport();
      assertThat(isFound(cache, keys.get(0), TAG)).isTrue();
    }

    assertThat(cache.size()).isEqualTo(1);
    assertThat(isFound(cache, keys.get(1), TAG)).isFalse();
  }

  @Test
  void shouldFindEverythingInOrderAfterASweep() {
    EncodedCache cache = new EncodedCache(101 * BYTES_PER_ENTRY);
    List<Key> keys = keys(100, LENGTH);
    addAll(cache, keys);
    List<Key> inUse = IntStream.range(0, 100).filter(i -> i % 3 == 1).mapToObj(keys::get).toList();
    for (int export = 0; export <= KEPT_EXPORTS; export++) {
      cache.beginExport();
      findAll(cache, inUse);
    }
    addAll(cache, keys(50, LENGTH));
    long searches = cache.searches();

    cache.beginExport();

    assertThat(cache.size()).isEqualTo(inUse.size());
    findAll(cache, inUse);
    assertThat(cache.searches()).isEqualTo(searches);
  }

  @Test
  void shouldLetGoOfKeysThatItRemoved() throws Exception {
    EncodedCache cache = new EncodedCache(ROOM_FOR_TEN);
    List<WeakReference<Key>> removed = new ArrayList<>();
    for (Key key : keys(10, LENGTH)) {
      add(cache, key, TAG);
      removed.add(new WeakReference<>(key));
    }
    for (int export = 0; export <= KEPT_EXPORTS; export++) {
      cache.beginExport();
    }
    addAll(cache, keys(10, LENGTH));
    cache.beginExport();

    assertThat(cache.size()).isZero();
    Garbage.awaitCollected(removed);
  }

  @Test
  void shouldRefuseEntriesLongerThanTheRoom() {
    EncodedCache cache = new EncodedCache(ROOM_FOR_TEN);
    int room = ROOM_FOR_TEN - 11 * ENTRY_BYTES;
    Key tooLong = new Key(room + 1);
    Key exact = new Key(room);
    add(cache, tooLong, TAG);
    assertThat(cache.size()).isZero();

    add(cache, exact, TAG);
    Key newcomer = new Key(1);
    add(cache, newcomer, TAG);

    assertThat(isFound(cache, tooLong, TAG)).isFalse();
    assertThat(isFound(cache, exact, TAG)).isTrue();
    assertThat(isFound(cache, newcomer, TAG)).isFalse();
  }

  @Test
  void shouldNeitherKeepNorSweepForWhatIsTooLongForTheWriter() {
    EncodedCache cache = new EncodedCache(AMPLE);
    Key kept = new Key(LENGTH);
    add(cache, kept, TAG);
    ProtoWriter small = new ProtoWriter(3);
    for (int export = 0; export < 10 * KEPT_EXPORTS; export++) {
      cache.beginExport();
      Key tooLong = new Key(4);
      assertThat(cache.find(tooLong, TAG)).isEqualTo(NONE);
      small.reset();
      small.fixed64(0);
      cache.add(tooLong, TAG, small, 0);
      assertThat(cache.find(tooLong, TAG)).isEqualTo(NONE);
    }

    assertThat(isFound(cache, kept, TAG)).isTrue();
    assertThat(cache.misses()).isEqualTo(1 + 10 * KEPT_EXPORTS);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 1, 40, 41, 511, 512, 1023, 1024, 1535, 1536, 4000, 32_767, 32_768, 65_535, 600_000
      })
  void shouldNeverTakeMoreMemoryThanAllowed(int maxMemory) {
    for (int maxLength : new int[] {0, 1, LENGTH, 1000}) {
      EncodedCache cache = new EncodedCache(maxMemory);
      Random random = new Random(maxMemory);
      int maxSize = 0;
      for (int i = 0; i < 5000; i++) {
        if (i % 700 == 0) {
          cache.beginExport();
        }
        add(cache, new Key(random.nextInt(maxLength + 1)), TAG);
        assertThat(cache.memory()).isLessThanOrEqualTo(Math.max(maxMemory, EMPTY_BYTES));
        maxSize = Math.max(maxSize, cache.size());
      }
      // An empty cache would keep the limit as well.
      if (maxLength <= LENGTH) {
        assertThat(maxSize).isEqualTo(Math.max(0, maxMemory / BYTES_PER_ENTRY - 1));
      }
    }
  }

  @Test
  void shouldKeepEntriesInManyBlocksThroughSweeps() {
    int maxMemory = 32 << 20;
    EncodedCache cache = new EncodedCache(maxMemory);
    Random random = new Random(5);
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < 2500; i++) {
      keys.add(new Key(random.nextInt(4000)));
    }
    addAll(cache, keys);
    assertThat(cache.memory()).isBetween(4L << 20, (long) maxMemory);
    List<Key> inUse = new ArrayList<>();
    for (Key key : keys) {
      if (isFound(cache, key, TAG) && random.nextInt(3) == 0) {
        inUse.add(key);
      }
    }
    long memory = cache.memory();

    for (int export = 0; export <= EncodedCache.IDLE_EXPORTS; export++) {
      cache.beginExport();
      if (export % 50 == 0) {
        findAll(cache, inUse);
      }
    }

    assertThat(cache.size()).isEqualTo(inUse.size());
    findAll(cache, inUse);
    // The blocks that are empty now.
    assertThat(cache.memory()).isLessThan(memory - (1 << 20));
  }

  @Test
  void shouldNotPileUpKeysThatAreNewInEachExport() {
    EncodedCache cache = new EncodedCache(64 << 20);
    int newKeys = 500;
    int inUse = 1000;
    List<Key> kept = keys(inUse, LENGTH);
    addAll(cache, kept);
    for (int export = 0; export < 100; export++) {
      cache.beginExport();
      findAll(cache, kept);
      addAll(cache, keys(newKeys, LENGTH));

      // As many as are in use or young, half as many again, and those of one export.
      assertThat(cache.size())
          .as("export=%d", export)
          .isLessThanOrEqualTo((inUse + KEPT_EXPORTS * newKeys) * 3 / 2 + newKeys);
    }
    assertThat(cache.misses()).isEqualTo(inUse + 100 * newKeys);
  }

  @Test
  void shouldNotPileUpLongEntriesThatAreNewInEachExport() {
    EncodedCache cache = new EncodedCache(64 << 20);
    List<Key> kept = keys(1000, 1);
    addAll(cache, kept);
    int newBytes = 40 * 8000;
    for (int export = 0; export < 100; export++) {
      cache.beginExport();
      findAll(cache, kept);
      addAll(cache, keys(40, 8000));

      assertThat(cache.memory())
          .as("export=%d", export)
          .isLessThan(2 * (KEPT_EXPORTS + 1) * newBytes + (4 << 20));
    }
  }

  @Test
  void shouldSweepOftenOnlyWhileKeysAreAdded() {
    EncodedCache cache = new EncodedCache(64 << 20);
    List<Key> keys = keys(1000, LENGTH);
    addAll(cache, keys);
    cache.beginExport();
    findAll(cache, keys);

    // Idle for longer than KEPT_EXPORTS, but little is added.
    for (int export = 0; export < 10 * KEPT_EXPORTS; export++) {
      cache.beginExport();
      addAll(cache, keys(10, LENGTH));
    }

    findAll(cache, keys);
  }

  @Test
  void shouldCountAnEstimateForKeysTowardsTheLimit() {
    EncodedCache cache = new EncodedCache(1 << 20);
    for (Key key : keys(10_000, 1)) {
      add(cache, key, TAG);
    }

    assertThat(cache.size()).isEqualTo((1 << 20) / BYTES_PER_ENTRY - 1);
    assertThat(cache.memory()).isGreaterThan((long) cache.size() * EncodedCache.KEY_BYTES);
    assertThat(cache.memory()).isLessThanOrEqualTo(1 << 20);
  }

  @Test
  void shouldMoveLongestEntryIntoTheFirstBlock() {
    EncodedCache cache = new EncodedCache(16 << 20);
    Key small = new Key(LENGTH);
    Key longest = new Key(BLOCK_LENGTH);
    add(cache, small, TAG);
    add(cache, longest, TAG);
    for (int export = 0; export <= EncodedCache.IDLE_EXPORTS; export++) {
      cache.beginExport();
      assertThat(cache.find(longest, TAG)).isNotEqualTo(NONE);
    }

    assertThat(cache.size()).isEqualTo(1);
    assertThat(isFound(cache, longest, TAG)).isTrue();
    assertThat(isFound(cache, small, TAG)).isFalse();
  }

  @Test
  void shouldSweepRarelyWhileMoreIsInUseThanFits() {
    EncodedCache cache = new EncodedCache(ROOM_FOR_TEN);
    List<Key> inUse = keys(10, LENGTH);
    addAll(cache, inUse);
    List<Key> tooMany = keys(20, LENGTH);
    for (int export = 0; export < 100; export++) {
      cache.beginExport();
      findAll(cache, inUse);
      addAll(cache, tooMany);
    }
    // Of no use any more: noticed with the next sweep, which is one of the rare ones.
    int exports = 0;
    while (tooMany.stream().noneMatch(key -> isFound(cache, key, TAG)) && exports <= 100) {
      cache.beginExport();
      for (Key key : tooMany) {
        if (!isFound(cache, key, TAG)) {
          add(cache, key, TAG);
        }
      }
      exports++;
    }

    assertThat(exports).isBetween(2, 33 + KEPT_EXPORTS);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512, 1023})
  void shouldTakeNothingForLimitsWithoutRoomForAnEntry(int maxMemory) {
    EncodedCache cache = new EncodedCache(maxMemory);
    Key key = new Key(0);
    for (int i = 0; i < 100; i++) {
      cache.beginExport();
      add(cache, key, TAG);
    }

    assertThat(cache.size()).isZero();
    assertThat(cache.memory()).isEqualTo(EMPTY_BYTES);
    assertThat(cache.misses()).isEqualTo(100);
  }

  @Test
  void shouldFindMetricHeadersByWhatTheyConsistOf() {
    EncodedCache cache = new EncodedCache(AMPLE);
    MetricHeader header = new MetricHeader();
    addHeader(cache, header.set(metric("name", "description")));

    header.set(metric("other name", "description"));
    assertThat(cache.find(header, TAG)).isEqualTo(NONE);
    addHeader(cache, header);
    header.set(metric("name", "other description"));
    assertThat(cache.find(header, TAG)).isEqualTo(NONE);
    // Behind the header that it follows, and then by the search.
    MetricData equal = metric(new String("name"), new String("description"));
    cache.beginExport();
    assertThat(cache.find(header.set(equal), TAG)).isEqualTo(1);
    assertThat(cache.find(header.set(equal), TAG)).isEqualTo(1);
    assertThat(cache.find(header.set(equal), OTHER_TAG)).isEqualTo(NONE);
    assertThat(cache.misses()).isEqualTo(2);
  }

  @Test
  void shouldTellMetricHeadersApartByEachOfTheirTexts() {
    MetricHeader header = new MetricHeader().set(metric("a", "b"));
    assertThat(new MetricHeader().set(metric("a", "c"))).isNotEqualTo(header);
    assertThat(new MetricHeader().set(metric("c", "b"))).isNotEqualTo(header);
    MetricHeader ofLevels = new MetricHeader().set(TestMetrics.longGauge("a"));
    MetricHeader ofSpreads = new MetricHeader().set(TestMetrics.doubleGauge("a"));
    MetricHeader ofSpreadsDescribedAlike =
        new MetricHeader().set(TestMetrics.longGauge(RESOURCE, SCOPE, "a", "Spread"));

    assertThat(ofSpreads).isNotEqualTo(ofLevels).isNotEqualTo(ofSpreadsDescribedAlike);
    assertThat(ofSpreads.copy()).isEqualTo(ofSpreads).hasSameHashCodeAs(ofSpreads);
  }

  private static MetricData metric(String name, String description) {
    return TestMetrics.longGauge(RESOURCE, SCOPE, name, description);
  }

  private static int tag(int i) {
    return i % 2 == 0 ? TAG : OTHER_TAG;
  }

  private static List<Key> keys(int count, int length) {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(new Key(length));
    }
    return keys;
  }

  private void addHeader(EncodedCache cache, MetricHeader header) {
    assertThat(cache.find(header, TAG)).isEqualTo(NONE);
    writer.reset();
    writer.fixed64(1);
    cache.add(header.copy(), TAG, writer, 0);
  }

  private void addAll(EncodedCache cache, List<Key> keys) {
    keys.forEach(key -> add(cache, key, TAG));
  }

  private void add(EncodedCache cache, Key key, int tag) {
    assertThat(cache.find(key, tag)).isEqualTo(NONE);
    write(key, tag);
    cache.add(key, tag, writer, 0);
  }

  private void findAll(EncodedCache cache, List<Key> keys) {
    keys.forEach(key -> assertThat(isFound(cache, key, TAG)).isTrue());
  }

  /** Whether it is there; if so, with its own bytes. */
  private boolean isFound(EncodedCache cache, Key key, int tag) {
    int entry = cache.find(key, tag);
    if (entry == NONE) {
      return false;
    }
    EncodedBytes found = new EncodedBytes();
    cache.get(entry, found);
    byte[] bytes = new byte[found.length()];
    found.copyTo(bytes, 0);
    write(key, tag);
    assertThat(bytes)
        .isEqualTo(
            Arrays.copyOfRange(writer.array(), writer.offset(), writer.offset() + writer.length()));
    return true;
  }

  /** Bytes that no other key has, as far as the length allows. */
  private void write(Key key, int tag) {
    Random random = new Random(31L * System.identityHashCode(key) + tag);
    writer.reset();
    for (int i = 0; i < key.length(); i++) {
      writer.tag(random.nextInt());
    }
  }
}

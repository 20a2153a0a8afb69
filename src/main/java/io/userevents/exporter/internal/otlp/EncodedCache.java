// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.agrona.BitUtil;

/**
 * A cache of the encoded bytes of objects that recur in every export: resources, scopes, metric
 * headers and attribute sets. It is not thread-safe.
 *
 * <p>Keys are compared by identity, because comparing or hashing the values of an application's
 * attributes may take any time. An export looks up its keys in nearly the same order as the one
 * before. So each entry remembers the entry that was looked up next, and the usual search is one
 * comparison of references. Otherwise a hash table is searched.
 *
 * <pre>
 *   entry        0     1          2         3
 *   key          none  Resource   Scope     Attributes ...
 *   successor    1     2          3         0
 *   start        0     0          171       203        ...
 *   length       0     171        32        71         ...
 *   bytes              | resource | scope   | attributes | ...
 * </pre>
 *
 * <p>The bytes of an entry are one piece of {@link ByteBlocks}.
 *
 * <p>Keys are strong references, so an entry keeps an object of the application reachable; an
 * estimate of its size counts towards the limit. Once entries or bytes have grown by half since the
 * last removal, the entries that the last {@link #KEPT_EXPORTS} exports did not use are removed
 * before the next export. So attributes that come once do not accumulate, and the work is in
 * proportion to the added entries.
 *
 * <p>When the cache is full, new keys are refused, and entries that the last {@link #KEPT_EXPORTS}
 * exports did not use are removed before a later export. An entry that is in use is never removed
 * for a new one: if more keys are in use than there is room for, the present ones stay. If the free
 * room is too small for all new keys, a random number of keys is skipped first, so that it is not
 * always the first ones that are added. While removals find little to remove, they become rarer:
 * more keys are in use than there is room for, and each key that does not fit costs its encoding
 * and a search.
 */
final class EncodedCache {

  /** Stands for no entry. */
  static final int NONE = -1;

  /** For how many exports an entry is kept after its last use, once room is needed. */
  static final int KEPT_EXPORTS = 4;

  /** After how many exports without a use an entry is removed even if no room is needed. */
  static final int IDLE_EXPORTS = 256;

  /**
   * The estimated bytes of a key that only the cache holds: attributes of four entries, with their
   * keys and values.
   */
  static final int KEY_BYTES = 256;

  /**
   * The most bytes that an entry takes besides its encoded bytes: a reference without compression,
   * six ints and a tag, fewer than four places of the hash table, which is at most half full, and
   * the key.
   */
  static final int ENTRY_BYTES = 52 + KEY_BYTES;

  /** The bytes of a cache that keeps nothing. */
  static final int EMPTY_BYTES = 41;

  /** The bytes of the limit for each entry. */
  static final int BYTES_PER_ENTRY = 256 + KEY_BYTES;

  private static final Object NO_KEY = new Object();
  private static final int FIRST_CAPACITY = 64;

  /** The share of refused keys, relative to the entries, from which a sweep is worthwhile. */
  private static final int SWEEP_SHARE = 8;

  /**
   * How many sweeps in a row may remove little, because an entry may be unused for a few exports
   * only.
   */
  private static final int PATIENT_SWEEPS = 2 * KEPT_EXPORTS;

  /** The most exports between two sweeps that remove little. */
  private static final int LONGEST_SWEEP_PAUSE = 32;

  /** The growth, as a share of the entries after the last sweep, from which a sweep is due. */
  private static final int GROWTH_SHARE = 2;

  private final int maxEntries;
  private final ByteBlocks blocks;

  /** The position behind the last entry; full blocks count with their whole length. */
  private int end;

  private Object[] keys = {NO_KEY};
  private int[] starts = {0};
  private int[] lengths = {0};
  private int[] suffixLengths = {0};
  private int[] hashes = {0};
  private int[] successors = {0};
  private int[] lastUses = {0};
  private byte[] tags = {0};
  private int[] table = {0, 0};

  /** The number of entries, including the first one, which has no key. */
  private int entries = 1;

  private int last;
  private int export;
  private int lastSweep;

  /** The number of entries that the last sweep left. */
  private int sweptEntries;

  private int sweptEnd;

  /** The number of keys that were refused since the last sweep. */
  private int refused;

  private int refusedByExport;

  /** The number of sweeps in a row that removed too little. */
  private int fruitlessSweeps;

  /** The number of new keys that must still be refused although there is room. */
  private int passedOver;

  /** The source of random numbers, which need only be fair. */
  private final SplittableRandom random = new SplittableRandom(0);

  private int missedHash;
  private long searches;
  private long misses;

  /**
   * Creates an empty cache.
   *
   * @param maxMemory limit in bytes for everything except eight bytes for each block; keys count as
   *     an estimate. With less than two entries' worth, {@link #BYTES_PER_ENTRY} each, the cache
   *     keeps nothing and takes {@link #EMPTY_BYTES}
   */
  EncodedCache(int maxMemory) {
    maxEntries = maxMemory / BYTES_PER_ENTRY;
    blocks = new ByteBlocks(maxMemory - maxEntries * ENTRY_BYTES);
  }

  /** Begins an export. Entries found before are no longer valid. */
  void beginExport() {
    if (export - lastSweep >= IDLE_EXPORTS) {
      sweep(IDLE_EXPORTS);
    }
    if (refused > entries / SWEEP_SHARE && export - lastSweep >= sweepPause()) {
      int before = entries;
      sweep(KEPT_EXPORTS);
      fruitlessSweeps = before - entries > before / SWEEP_SHARE ? 0 : fruitlessSweeps + 1;
      passedOver = refusedByExport > room() ? random.nextInt(refusedByExport) : 0;
    } else if (hasGrown()) {
      sweep(KEPT_EXPORTS);
    }
    refusedByExport = 0;
    export++;
    last = 0;
  }

  /**
   * Finds a key by its identity.
   *
   * @param tag tag that the key is encoded with: the same attributes are another field in another
   *     message
   * @return the entry, or {@link #NONE}
   */
  int find(Object key, int tag) {
    int entry = successors[last];
    if (keys[entry] == key && tags[entry] == tag) {
      return use(entry);
    }
    searches++;
    int hash = hash(System.identityHashCode(key), tag);
    for (int slot = slot(hash); (entry = table[slot]) != 0; slot = next(slot)) {
      if (keys[entry] == key && tags[entry] == tag) {
        return follow(entry);
      }
    }
    missedHash = hash;
    return NONE;
  }

  /** Finds a key by its content. */
  int find(MetricHeader key, int tag) {
    int entry = successors[last];
    if (tags[entry] == tag && key.equals(keys[entry])) {
      return use(entry);
    }
    searches++;
    int hash = hash(key.hashCode(), tag);
    for (int slot = slot(hash); (entry = table[slot]) != 0; slot = next(slot)) {
      if (hashes[entry] == hash && tags[entry] == tag && key.equals(keys[entry])) {
        return follow(entry);
      }
    }
    missedHash = hash;
    return NONE;
  }

  /**
   * Adds the key that the last search did not find, if there is room.
   *
   * @param suffixLength how many bytes at the end are remembered as the suffix
   */
  void add(Object key, int tag, ProtoWriter writer, int suffixLength) {
    misses++;
    if (!writer.isComplete()) {
      return;
    }
    int length = writer.length();
    if (passedOver > 0) {
      passedOver--;
      refuse();
      return;
    }
    int start = ByteBlocks.startAfter(end, length);
    if (entries >= maxEntries || !blocks.fits(start, length)) {
      refuse();
      return;
    }
    growEntries();
    blocks.put(start, writer.array(), writer.offset(), length);
    int entry = entries++;
    end = start + length;
    starts[entry] = start;
    lengths[entry] = length;
    keys[entry] = key;
    tags[entry] = (byte) tag;
    hashes[entry] = missedHash;
    suffixLengths[entry] = suffixLength;
    successors[entry] = 0;
    enter(entry);
    follow(entry);
  }

  void get(int entry, EncodedBytes target) {
    blocks.get(starts[entry], lengths[entry], target);
  }

  int suffixLength(int entry) {
    return suffixLengths[entry];
  }

  /** Returns the number of entries. */
  int size() {
    return entries - 1;
  }

  /** Returns how often a key was not at the place that the order of the export before predicts. */
  long searches() {
    return searches;
  }

  /** Returns how often a key was not found, so that it had to be encoded. */
  long misses() {
    return misses;
  }

  /**
   * Returns the used bytes: all arrays together and {@link #KEY_BYTES} for each key; references
   * count as eight bytes.
   */
  long memory() {
    return blocks.memory()
        + (long) KEY_BYTES * size()
        + 8L * keys.length
        + 4L
            * (starts.length
                + lengths.length
                + suffixLengths.length
                + hashes.length
                + successors.length
                + lastUses.length
                + table.length)
        + tags.length;
  }

  private void refuse() {
    refused++;
    refusedByExport++;
  }

  /** Returns for how many more entries there is room, if they are like the present ones. */
  private int room() {
    return (int) Math.min(maxEntries - entries, blocks.room(end, entries));
  }

  private int follow(int entry) {
    successors[last] = entry;
    return use(entry);
  }

  private int use(int entry) {
    lastUses[entry] = export;
    last = entry;
    return entry;
  }

  private void growEntries() {
    if (entries == keys.length) {
      int capacity = Math.min(maxEntries, Math.max(2 * entries, FIRST_CAPACITY));
      keys = Arrays.copyOf(keys, capacity);
      starts = Arrays.copyOf(starts, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
      suffixLengths = Arrays.copyOf(suffixLengths, capacity);
      hashes = Arrays.copyOf(hashes, capacity);
      successors = Arrays.copyOf(successors, capacity);
      lastUses = Arrays.copyOf(lastUses, capacity);
      tags = Arrays.copyOf(tags, capacity);
      table = new int[BitUtil.findNextPositivePowerOfTwo(2 * capacity)];
      for (int entry = 1; entry < entries; entry++) {
        enter(entry);
      }
    }
  }

  private void enter(int entry) {
    int slot = slot(hashes[entry]);
    while (table[slot] != 0) {
      slot = next(slot);
    }
    table[slot] = entry;
  }

  /**
   * Returns whether enough was added since the last sweep that another one is worthwhile if the
   * earlier entries are not used any more. If they are in use, the next sweep comes later in
   * proportion.
   */
  private boolean hasGrown() {
    return entries - sweptEntries > Math.max(FIRST_CAPACITY, sweptEntries / GROWTH_SHARE)
        || end - sweptEnd > Math.max(ByteBlocks.BLOCK_LENGTH, sweptEnd / GROWTH_SHARE);
  }

  private int sweepPause() {
    return Math.min(Math.max(0, fruitlessSweeps - PATIENT_SWEEPS), LONGEST_SWEEP_PAUSE);
  }

  /**
   * Moves the entries in use to the front, in their order, and releases blocks that are then empty.
   * No entry moves backwards, not even from block to block.
   */
  private void sweep(int keptExports) {
    Arrays.fill(table, 0);
    end = 0;
    int kept = 1;
    for (int entry = 1; entry < entries; entry++) {
      if (export - lastUses[entry] < keptExports) {
        move(entry, kept);
        kept++;
      }
    }
    Arrays.fill(keys, kept, entries, null);
    blocks.releaseAfter(end);
    successors[kept - 1] = 0;
    entries = kept;
    refused = 0;
    lastSweep = export;
    sweptEntries = entries;
    sweptEnd = end;
  }

  private void move(int from, int to) {
    int start = starts[from];
    int length = lengths[from];
    int newStart = ByteBlocks.startAfter(end, length);
    blocks.move(start, newStart, length);
    end = newStart + length;
    starts[to] = newStart;
    lengths[to] = length;
    keys[to] = keys[from];
    tags[to] = tags[from];
    hashes[to] = hashes[from];
    suffixLengths[to] = suffixLengths[from];
    lastUses[to] = lastUses[from];
    successors[to - 1] = to;
    enter(to);
  }

  private int slot(int hash) {
    return hash & (table.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (table.length - 1);
  }

  private static int hash(int keyHash, int tag) {
    int mixed = (keyHash + tag) * 0x9E3779B9;
    return mixed ^ (mixed >>> 16);
  }
}

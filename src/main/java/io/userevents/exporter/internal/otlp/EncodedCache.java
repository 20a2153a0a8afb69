// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.agrona.BitUtil;

/**
 * Keeps the encoded bytes of what recurs in every export: resources, scopes, metric headers and
 * attribute sets. Not thread-safe.
 *
 * <p>Keys are told apart by identity, since to compare or hash what applications put into
 * attributes may take any time. An export asks for its keys in much the same order as the one
 * before. So each entry remembers which one was asked for next, and the usual search is one
 * comparison of references. Else a hash table is asked.
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
 * <p>Keys are strong references, so that an entry keeps an object of the application reachable: an
 * estimate for it counts towards the limit. Once entries or bytes have grown by half since the last
 * removal, those that were of no use to the last {@link #KEPT_EXPORTS} exports are removed before
 * the next export. So attributes that come once do not pile up, and the work is in proportion to
 * what was added.
 *
 * <p>When it is full, new keys are refused, and entries that were of no use to the last {@link
 * #KEPT_EXPORTS} exports are removed before a later export. What is in use is never removed for
 * what is new: with more keys in use than there is room for, those that are in stay in. Should the
 * room that was made be too little for all that is new, a random number of keys is passed over
 * first, so that it is not always those in front that get in. While removals find little to remove,
 * they become rarer: more is in use than there is room for, and what does not fit costs its
 * encoding and a search.
 */
final class EncodedCache {

  /** No such entry. */
  static final int NONE = -1;

  /** How many exports an entry outlives the last one that asked for it, once room is needed. */
  static final int KEPT_EXPORTS = 4;

  /** What so many exports did not ask for is removed in any case, now and then. */
  static final int IDLE_EXPORTS = 256;

  /**
   * Estimate of what a key takes that nobody but the cache holds: attributes of four entries, with
   * their keys and values.
   */
  static final int KEY_BYTES = 256;

  /**
   * What an entry takes besides its bytes, at most: a reference without compression, six ints and a
   * tag, less than four places of the hash table, which is at most half full, and the key.
   */
  static final int ENTRY_BYTES = 52 + KEY_BYTES;

  /** What a cache takes that keeps nothing. */
  static final int EMPTY_BYTES = 41;

  /** There is room for one entry per so many bytes. */
  static final int BYTES_PER_ENTRY = 256 + KEY_BYTES;

  private static final Object NO_KEY = new Object();
  private static final int FIRST_CAPACITY = 64;

  /** Entries are swept when as many keys were refused as this share of them, so that it pays. */
  private static final int SWEEP_SHARE = 8;

  /** So many sweeps in a row may remove little, since what is idle is so for a few exports only. */
  private static final int PATIENT_SWEEPS = 2 * KEPT_EXPORTS;

  /** In exports between two sweeps that remove little. */
  private static final int LONGEST_SWEEP_PAUSE = 32;

  /** Entries are swept when they have grown by this share of what the last sweep left. */
  private static final int GROWTH_SHARE = 2;

  private final int maxEntries;
  private final ByteBlocks blocks;

  /** Behind the last entry: blocks that are full count as a whole. */
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

  /** With the one in front, which has no key. */
  private int entries = 1;

  private int last;
  private int export;
  private int lastSweep;

  /** What the last sweep left. */
  private int sweptEntries;

  private int sweptEnd;

  /** Since the last sweep. */
  private int refused;

  private int refusedByExport;

  /** Sweeps in a row that removed less than pays. */
  private int fruitlessSweeps;

  /** Newcomers that are still to be refused although there is room. */
  private int passedOver;

  /** Need not be good, only even-handed. */
  private final SplittableRandom random = new SplittableRandom(0);

  private int missedHash;
  private long searches;
  private long misses;

  /**
   * @param maxMemory in bytes, for everything, keys as an estimate, but eight for each block; less
   *     than two entries' worth, {@link #BYTES_PER_ENTRY} each, keeps nothing and takes {@link
   *     #EMPTY_BYTES}
   */
  EncodedCache(int maxMemory) {
    maxEntries = maxMemory / BYTES_PER_ENTRY;
    blocks = new ByteBlocks(maxMemory - maxEntries * ENTRY_BYTES);
  }

  /** To be called before each export. Entries found before are no longer valid. */
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
   * @param tag what the key is encoded as: the same attributes are another field in another message
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

  /** Finds a key by what it consists of. */
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
   * Adds what the last search did not find, if there is room.
   *
   * @param suffixLength how many of the bytes at the end are remembered as the suffix
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

  /** Entries that are there. */
  int size() {
    return entries - 1;
  }

  /** How often something was not where the order of the export before had it. */
  long searches() {
    return searches;
  }

  /** How often something had to be encoded because it was not found. */
  long misses() {
    return misses;
  }

  /**
   * Bytes that are taken, all arrays together and {@link #KEY_BYTES} for each key; references count
   * as eight.
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

  /** How many more entries there is room for, if they are like those that are there. */
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
   * Whether so much was added since the last sweep that another one pays, should what was there be
   * of no use any more. If it is in use, the next sweep comes later in proportion.
   */
  private boolean hasGrown() {
    return entries - sweptEntries > Math.max(FIRST_CAPACITY, sweptEntries / GROWTH_SHARE)
        || end - sweptEnd > Math.max(ByteBlocks.BLOCK_LENGTH, sweptEnd / GROWTH_SHARE);
  }

  private int sweepPause() {
    return Math.min(Math.max(0, fruitlessSweeps - PATIENT_SWEEPS), LONGEST_SWEEP_PAUSE);
  }

  /**
   * Moves what is in use to the front, in its order, and lets go of blocks that are empty then.
   * Nothing moves backwards, also from block to block.
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

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The settings of a {@link Spool}: its limits, and when it waits for the disk. Immutable.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class SpoolSettings {

  /** The default size limit of a spool's files, in bytes: 1 GiB. */
  public static final long DEFAULT_MAX_BYTES = 1L << 30;

  /** The default age at which a batch is dropped. */
  public static final Duration DEFAULT_MAX_AGE = Duration.ofHours(24);

  /**
   * The default size of a full segment, in bytes: 16 MiB, or a quarter of the size limit if that is
   * less.
   */
  public static final long DEFAULT_SEGMENT_BYTES = 16L << 20;

  /** The smallest size of a segment, in bytes: 16 KiB. */
  public static final long MIN_SEGMENT_BYTES = 16L << 10;

  /** The smallest size limit of a spool, in bytes: 64 KiB, four of the smallest segments. */
  public static final long MIN_MAX_BYTES = 4 * MIN_SEGMENT_BYTES;

  /** When a spool waits until its bytes are on the disk. */
  public enum Sync {
    /**
     * Never: the kernel writes the bytes within about 30 s. A process that is killed loses nothing;
     * a machine that crashes may lose the last batches.
     */
    NEVER,
    /** After each batch (fsync), and after each new file for its folder. */
    BATCH
  }

  private final long maxBytes;
  private final long maxAgeMs;
  private final long segmentBytes;
  private final Sync sync;

  /** Creates settings without checks, for tests that need segments for a few batches. */
  SpoolSettings(long maxBytes, long maxAgeMs, long segmentBytes, Sync sync) {
    this.maxBytes = maxBytes;
    this.maxAgeMs = maxAgeMs;
    this.segmentBytes = segmentBytes;
    this.sync = sync;
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the size limit of the spool's files in bytes. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Returns the age in milliseconds above which a batch is dropped. */
  public long maxAgeMs() {
    return maxAgeMs;
  }

  /** Returns the size in bytes at which the next batch goes to a new file. */
  public long segmentBytes() {
    return segmentBytes;
  }

  /** Returns when the spool waits for the disk. */
  public Sync sync() {
    return sync;
  }

  @Override
  public String toString() {
    return "SpoolSettings{maxBytes="
        + maxBytes
        + ", maxAgeMs="
        + maxAgeMs
        + ", segmentBytes="
        + segmentBytes
        + ", sync="
        + sync
        + '}';
  }

  /** Builds {@link SpoolSettings}. Not thread-safe. */
  public static final class Builder {

    private long maxBytes = DEFAULT_MAX_BYTES;
    private Duration maxAge = DEFAULT_MAX_AGE;
    private long segmentBytes;
    private Sync sync = Sync.NEVER;

    private Builder() {}

    /**
     * Sets the size limit of the spool's files together, in bytes.
     *
     * @throws IllegalArgumentException if it is less than {@link #MIN_MAX_BYTES}
     */
    public Builder setMaxBytes(long maxBytes) {
      if (maxBytes < MIN_MAX_BYTES) {
        throw new IllegalArgumentException(
            "maxBytes must be " + MIN_MAX_BYTES + " or more: maxBytes=" + maxBytes);
      }
      this.maxBytes = maxBytes;
      return this;
    }

    /**
     * Sets the age above which a batch is dropped.
     *
     * @throws IllegalArgumentException if it is less than 1 ms, or more than 100 years
     */
    public Builder setMaxAge(Duration maxAge) {
      requireNonNull(maxAge, "maxAge");
      if (maxAge.compareTo(Duration.ofMillis(1)) < 0
          || maxAge.compareTo(Duration.ofDays(36_525)) > 0) {
        throw new IllegalArgumentException("maxAge must be 1 ms to 36525 days: maxAge=" + maxAge);
      }
      this.maxAge = maxAge;
      return this;
    }

    /**
     * Sets the size in bytes at which the next batch goes to a new file. A full spool drops its
     * oldest file first, so this is the amount that it drops at a time. A longer batch gets a
     * separate file. Default: {@link #DEFAULT_SEGMENT_BYTES}, or a quarter of the size limit if
     * that is less.
     *
     * @throws IllegalArgumentException if it is less than {@link #MIN_SEGMENT_BYTES}
     */
    public Builder setSegmentBytes(long segmentBytes) {
      if (segmentBytes < MIN_SEGMENT_BYTES) {
        throw new IllegalArgumentException(
            "segmentBytes must be " + MIN_SEGMENT_BYTES + " or more: segmentBytes=" + segmentBytes);
      }
      this.segmentBytes = segmentBytes;
      return this;
    }

    /** Sets when the spool waits for the disk. Default: {@link Sync#NEVER}. */
    public Builder setSync(Sync sync) {
      this.sync = requireNonNull(sync, "sync");
      return this;
    }

    /**
     * Builds the settings.
     *
     * @throws IllegalArgumentException if a segment is larger than a quarter of the spool
     */
    public SpoolSettings build() {
      if (segmentBytes > maxBytes / 4) {
        throw new IllegalArgumentException(
            "segmentBytes must be a quarter of maxBytes at most: segmentBytes="
                + segmentBytes
                + " maxBytes="
                + maxBytes);
      }
      return new SpoolSettings(
          maxBytes,
          maxAge.toMillis(),
          segmentBytes == 0 ? Math.min(DEFAULT_SEGMENT_BYTES, maxBytes / 4) : segmentBytes,
          sync);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static java.util.Objects.requireNonNull;

import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;
import io.userevents.pipeline.RecordPipeline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Configures a {@link UserEventsMetricReader}. Not thread-safe. */
public final class UserEventsMetricReaderBuilder {

  /** As of {@code PeriodicMetricReader}. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

  /** Short beside the two seconds that somebody may listen, long beside what a poll costs. */
  public static final Duration DEFAULT_POLL_PERIOD = Duration.ofMillis(20);

  /** Long beside what perf takes to begin on one CPU after the other: 0.1 ms for each. */
  public static final Duration DEFAULT_ATTACH_DELAY = Duration.ofMillis(10);

  /**
   * Short beside the days that nobody may listen, long beside the seconds that callbacks may take.
   */
  public static final Duration DEFAULT_IDLE_COLLECTION_INTERVAL = Duration.ofMinutes(5);

  private static final Duration MAX_ATTACH_DELAY = Duration.ofSeconds(10);
  private static final Duration MIN_POLL_PERIOD = Duration.ofMillis(1);
  private static final Duration MAX_POLL_PERIOD = Duration.ofMillis(100);

  private final UserEventsMetricExporter exporter;
  private long intervalNs = DEFAULT_INTERVAL.toNanos();
  private long attachDelayNs = DEFAULT_ATTACH_DELAY.toNanos();
  private long pollPeriodNs = DEFAULT_POLL_PERIOD.toNanos();
  private long idleCollectionIntervalNs = DEFAULT_IDLE_COLLECTION_INTERVAL.toNanos();

  UserEventsMetricReaderBuilder(UserEventsMetricExporter exporter) {
    this.exporter = exporter;
  }

  /** With the settings of a reader. */
  UserEventsMetricReaderBuilder(
      UserEventsMetricExporter exporter,
      long intervalNs,
      long attachDelayNs,
      long pollPeriodNs,
      long idleCollectionIntervalNs) {
    this.exporter = exporter;
    this.intervalNs = intervalNs;
    this.attachDelayNs = attachDelayNs;
    this.pollPeriodNs = pollPeriodNs;
    this.idleCollectionIntervalNs = idleCollectionIntervalNs;
  }

  /**
   * Sets the time between collections while a listener is attached, see {@link
   * #setInterval(Duration)}.
   */
  public UserEventsMetricReaderBuilder setInterval(long interval, TimeUnit unit) {
    requireNonNull(unit, "unit");
    if (interval <= 0) {
      throw new IllegalArgumentException("interval must be positive: interval=" + interval);
    }
    intervalNs = unit.toNanos(interval);
    return this;
  }

  /**
   * Sets the time between collections while a listener is attached. The first comes soon after it
   * attached. Default: {@link #DEFAULT_INTERVAL}.
   *
   * @param interval above 0; what is longer than 292 years is taken for that
   * @throws IllegalArgumentException if it is not positive
   */
  public UserEventsMetricReaderBuilder setInterval(Duration interval) {
    requireNonNull(interval, "interval");
    // Duration.toNanos would throw where this stops.
    return setInterval(TimeUnit.NANOSECONDS.convert(interval), TimeUnit.NANOSECONDS);
  }

  /**
   * Sets how long the reader waits, after a listener was seen to {@linkplain
   * RecordPipeline#recordingNumber record}, before it collects for it: perf begins on one CPU after
   * the other. To be raised where that takes longer. For a listener that has gone by then nothing
   * is collected. {@code forceFlush} waits for it only if it has waited for the listener to record.
   *
   * @param attachDelay 0 to 10 s, default {@link #DEFAULT_ATTACH_DELAY}
   * @throws IllegalArgumentException if it is not
   */
  public UserEventsMetricReaderBuilder setAttachDelay(Duration attachDelay) {
    requireNonNull(attachDelay, "attachDelay");
    if (attachDelay.isNegative() || attachDelay.compareTo(MAX_ATTACH_DELAY) > 0) {
      throw new IllegalArgumentException(
          "attachDelay must be from 0 to 10 s: attachDelay=" + attachDelay);
    }
    attachDelayNs = attachDelay.toNanos();
    return this;
  }

  /**
   * Sets how often the reader looks whether a listener is attached and records, which costs two
   * loads from memory and waking a thread. That is noticed so much later at most.
   *
   * @param pollPeriod 1 to 100 ms, default {@link #DEFAULT_POLL_PERIOD}
   * @throws IllegalArgumentException if it is not
   */
  public UserEventsMetricReaderBuilder setPollPeriod(Duration pollPeriod) {
    requireNonNull(pollPeriod, "pollPeriod");
    if (pollPeriod.compareTo(MIN_POLL_PERIOD) < 0 || pollPeriod.compareTo(MAX_POLL_PERIOD) > 0) {
      throw new IllegalArgumentException(
          "pollPeriod must be from 1 to 100 ms: pollPeriod=" + pollPeriod);
    }
    pollPeriodNs = pollPeriod.toNanos();
    return this;
  }

  /**
   * Sets the time between collections while nobody listens. Their points are discarded; {@link
   * ExporterStatistics#discardedPoints} counts them. With delta temporality the SDK keeps every
   * series that was recorded until it is collected, also one that has ended: without these
   * collections such series pile up to the cardinality limit of their instrument (2,000 unless a
   * view or {@code SdkMeterProviderBuilder.registerMetricReader} says otherwise), new series go to
   * the overflow point, and the next listener gets series that have ended.
   *
   * <p>The next listener gets the deltas since the last of these collections. Those before are
   * lost, and so is a synchronous gauge that was not set since. Callbacks of observable instruments
   * run for each of these collections; if an instrument has reached its limit, the collection is
   * made three times with {@code MemoryMode.REUSABLE_DATA}, as the SDK needs that to make room. The
   * points of a collection during which a listener attaches are not discarded: it gets them when it
   * records.
   *
   * <p>Where all temporalities are cumulative there are no such collections: they would free
   * nothing, since cumulative series never end for the SDK. They reach the limit with any reader.
   *
   * @param idleCollectionInterval 0 or more, default {@link #DEFAULT_IDLE_COLLECTION_INTERVAL}; 0
   *     collects nothing while nobody listens; an interval longer than 292 years is taken for that
   * @throws IllegalArgumentException if it is negative
   */
  public UserEventsMetricReaderBuilder setIdleCollectionInterval(Duration idleCollectionInterval) {
    requireNonNull(idleCollectionInterval, "idleCollectionInterval");
    if (idleCollectionInterval.isNegative()) {
      throw new IllegalArgumentException(
          "idleCollectionInterval must be 0 or more: idleCollectionInterval="
              + idleCollectionInterval);
    }
    idleCollectionIntervalNs = TimeUnit.NANOSECONDS.convert(idleCollectionInterval);
    return this;
  }

  /** Makes the reader. It does nothing until it is registered with a provider. */
  public UserEventsMetricReader build() {
    LateMeterProvider late = exporter.lateMeterProvider();
    if (late == null || !SdkVersions.hasAutoConfigureListener()) {
      return new UserEventsMetricReader(
          exporter, intervalNs, attachDelayNs, pollPeriodNs, idleCollectionIntervalNs);
    }
    return AutoConfiguredReader.of(
        exporter, late, intervalNs, attachDelayNs, pollPeriodNs, idleCollectionIntervalNs);
  }
}

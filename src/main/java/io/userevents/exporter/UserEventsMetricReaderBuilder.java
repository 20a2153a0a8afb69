// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static java.util.Objects.requireNonNull;

import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;
import io.userevents.pipeline.RecordPipeline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A builder of a {@link UserEventsMetricReader}. It is not thread-safe.
 *
 * @since 0.1.0
 */
public final class UserEventsMetricReaderBuilder {

  /** The default time between collections, the same as that of {@code PeriodicMetricReader}. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

  /**
   * The default poll period. It is short compared to a listener of two seconds, and long compared
   * to the cost of a poll.
   */
  public static final Duration DEFAULT_POLL_PERIOD = Duration.ofMillis(20);

  /**
   * The default attach delay. It is long compared to the time that perf takes to start on one CPU
   * after the other, 0.1 ms for each.
   */
  public static final Duration DEFAULT_ATTACH_DELAY = Duration.ofMillis(10);

  /**
   * The default idle collection interval. It is short compared to days without a listener, and long
   * compared to seconds that callbacks may take.
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

  /** Creates a builder with the settings of a reader. */
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
   * Sets the time between collections while a listener is attached; see {@link
   * #setInterval(Duration)}.
   *
   * @param interval the time, above 0
   * @param unit unit of the time
   * @return this builder
   * @throws IllegalArgumentException if the time is not above 0
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
   * Sets the time between collections while a listener is attached. The first collection comes soon
   * after the listener has attached.
   *
   * @param interval the time, above 0; a time over 292 years counts as 292 years. Default {@link
   *     #DEFAULT_INTERVAL}
   * @return this builder
   * @throws IllegalArgumentException if the time is not above 0
   */
  public UserEventsMetricReaderBuilder setInterval(Duration interval) {
    requireNonNull(interval, "interval");
    // Duration.toNanos would throw where this saturates.
    return setInterval(TimeUnit.NANOSECONDS.convert(interval), TimeUnit.NANOSECONDS);
  }

  /**
   * Sets how long the reader waits between the moment when it sees a listener {@linkplain
   * RecordPipeline#recordingNumber record} and the collection for that listener, because perf
   * starts on one CPU after the other. Raise it where this takes longer. There is no collection if
   * the listener has gone by then. {@code forceFlush} waits for the delay only if it has waited for
   * the listener to record.
   *
   * @param attachDelay the delay, 0 to 10 s; default {@link #DEFAULT_ATTACH_DELAY}
   * @return this builder
   * @throws IllegalArgumentException if the delay is not in that range
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
   * Sets how often the reader checks whether a listener is attached and records. A check costs two
   * loads from memory and the wake-up of a thread. The reader notices a change at most this much
   * later.
   *
   * @param pollPeriod the period, 1 to 100 ms; default {@link #DEFAULT_POLL_PERIOD}
   * @return this builder
   * @throws IllegalArgumentException if the period is not in that range
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
   * Sets the time between collections while no listener is attached. Their points are discarded;
   * {@link ExporterStatistics#discardedPoints} counts them. With delta temporality, the SDK keeps
   * every recorded series until it is collected, also one that has ended. Without these
   * collections, ended series accumulate up to the cardinality limit of their instrument (2,000
   * unless a view or {@code SdkMeterProviderBuilder.registerMetricReader} sets another one). New
   * series then go to the overflow point, and the next listener receives ended series.
   *
   * <p>The next listener receives the deltas since the last of these collections. Earlier deltas
   * are lost, and so is a synchronous gauge that was not set since. Callbacks of observable
   * instruments run for each of these collections. If an instrument has reached its limit, the
   * collection is made three times with {@code MemoryMode.REUSABLE_DATA}, because the SDK needs
   * this to make room. The points of a collection during which a listener attaches are not
   * discarded: the listener receives them when it records.
   *
   * <p>If all temporalities are cumulative, there are no such collections. They would free nothing,
   * because cumulative series never end for the SDK. Such series reach the limit with any reader.
   *
   * @param idleCollectionInterval the time, 0 or more; with 0 there are no collections without a
   *     listener. A time over 292 years counts as 292 years. Default {@link
   *     #DEFAULT_IDLE_COLLECTION_INTERVAL}
   * @return this builder
   * @throws IllegalArgumentException if the time is negative
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

  /** {@return a new reader, which does nothing until it is registered with a provider} */
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

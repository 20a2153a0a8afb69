// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.userevents.exporter.internal.log.ThrottledLog;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Collects at an interval while no listener is attached, and discards the points, so that the SDK
 * forgets the delta series that have ended. Otherwise they accumulate up to its cardinality limit,
 * 2,000 for each instrument, and new series go to the overflow point.
 *
 * <p>A listener that attaches during such a collection does not lose it: the points are kept until
 * the listener records or has gone. They stay valid, also with {@link MemoryMode#REUSABLE_DATA},
 * because there is no collection in between.
 *
 * <p>Only the reader's thread uses it.
 */
final class IdleCollector {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricReader.class.getName());

  /**
   * The attribute by which the SDK marks the point that takes the measurements beyond the limit.
   */
  private static final AttributeKey<Boolean> OVERFLOW =
      AttributeKey.booleanKey("otel.metric.overflow");

  /**
   * With {@link MemoryMode#REUSABLE_DATA} the SDK (1.67, {@code DeltaSynchronousMetricStorage})
   * records into two maps alternately, and removes ended series from a full map only when it
   * collects that map again, which is in the second next collection.
   */
  private static final int COLLECTIONS_TO_EMPTY_BOTH_MAPS = 2;

  /**
   * The types that keep series until they are collected, with delta temporality; observed ones do
   * not.
   */
  private static final List<InstrumentType> RECORDED =
      // The types are found by name, because an older SDK (1.37.0) has no constant GAUGE.
      Stream.of(InstrumentType.values())
          .filter(type -> !type.name().startsWith("OBSERVABLE_"))
          .toList();

  private final UserEventsMetricExporter exporter;

  /** The interval; 0 if there are no such collections. */
  private final long intervalNs;

  private long lastNs;
  private boolean isLogged;

  /** The points of a collection during which a listener attached. */
  private @Nullable Collection<MetricData> kept;

  /**
   * Creates a collector.
   *
   * @param intervalNs the interval; 0 for no collections
   */
  IdleCollector(UserEventsMetricExporter exporter, long intervalNs) {
    this.exporter = exporter;
    this.intervalNs = forgetsSeries(exporter) ? intervalNs : 0;
  }

  /**
   * Returns whether the SDK forgets series when they are collected; cumulative series never end for
   * it.
   */
  private static boolean forgetsSeries(UserEventsMetricExporter exporter) {
    return RECORDED.stream()
        .anyMatch(type -> exporter.getAggregationTemporality(type) == AggregationTemporality.DELTA);
  }

  /** Starts the interval again, because a collection was made or the thread has started. */
  void restart(long nowNs) {
    lastNs = nowNs;
  }

  boolean isDue(long nowNs) {
    return untilDueNs(nowNs) <= 0;
  }

  /**
   * Returns the time until a collection is due: 0 or less if it is due, {@link Long#MAX_VALUE} if
   * it never is.
   */
  long untilDueNs(long nowNs) {
    return intervalNs == 0 ? Long.MAX_VALUE : intervalNs - (nowNs - lastNs);
  }

  /**
   * Collects, and discards the points unless a listener has attached meanwhile. Exceptions of the
   * SDK or a callback go to the caller; the interval starts again in any case.
   *
   * @param wasAttached whether there is a listener that does not record, for which nothing is kept
   */
  void collect(CollectionRegistration registration, boolean wasAttached, long nowNs) {
    // This comes first; otherwise a callback that fails would be called at every poll.
    restart(nowNs);
    Collection<MetricData> metrics = collect(registration);
    if (keepOrDiscard(metrics, wasAttached)
        || exporter.getMemoryMode() != MemoryMode.REUSABLE_DATA
        || !hasOverflow(metrics)) {
      return;
    }
    for (int i = 0; i < COLLECTIONS_TO_EMPTY_BOTH_MAPS; i++) {
      if (keepOrDiscard(collect(registration), wasAttached)) {
        return;
      }
    }
  }

  /**
   * Collects. A collection that fails may have taken deltas from some instruments before. It counts
   * as a discarded collection, but the number of its points is not known.
   */
  private Collection<MetricData> collect(CollectionRegistration registration) {
    try {
      return registration.collectAllMetrics();
    } catch (Throwable e) {
      exporter.discarded(0);
      throw e;
    }
  }

  /** Returns whether the points are kept. */
  private boolean keepOrDiscard(Collection<MetricData> metrics, boolean wasAttached) {
    if (exporter.isAttached() && (!wasAttached || exporter.recordingNumber() != 0)) {
      kept = metrics;
      return true;
    }
    discard(metrics);
    return false;
  }

  /**
   * Takes the points that are kept for a listener, which are exported before the next collection;
   * null if there are none.
   */
  @Nullable Collection<MetricData> takeKept() {
    Collection<MetricData> taken = kept;
    kept = null;
    return taken;
  }

  /** Discards the points that are kept, because the listener has gone or does not record. */
  void discardKept() {
    Collection<MetricData> taken = takeKept();
    if (taken != null) {
      discard(taken);
    }
  }

  private void discard(Collection<MetricData> metrics) {
    long points = Export.countPoints(metrics);
    exporter.discarded(points);
    if (points > 0 && !isLogged) {
      isLogged = true;
      ThrottledLog.log(
          LOGGER,
          Level.INFO,
          "nobody listens: points="
              + points
              + " were collected and discarded, as they will be every "
              + TimeUnit.NANOSECONDS.toMillis(intervalNs)
              + " ms, so that series that have ended do not use up the SDK's cardinality limit;"
              + " setIdleCollectionInterval changes the interval, 0 keeps all deltas for the next"
              + " listener",
          null);
    }
  }

  private static boolean hasOverflow(Collection<MetricData> metrics) {
    for (MetricData metric : metrics) {
      for (PointData point : metric.getData().getPoints()) {
        if (point.getAttributes().get(OVERFLOW) != null) {
          return true;
        }
      }
    }
    return false;
  }
}

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
 * Collects now and then while nobody listens, and discards the points, so that the SDK forgets the
 * delta series that have ended. Without that they pile up to its cardinality limit, 2,000 for each
 * instrument, and new ones go to the overflow point.
 *
 * <p>A listener that attaches during such a collection does not lose it: the points are kept for it
 * until it records, or has gone. They stay valid, also with {@link MemoryMode#REUSABLE_DATA}, since
 * nothing is collected in between.
 *
 * <p>Of the reader's thread.
 */
final class IdleCollector {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricReader.class.getName());

  /** The SDK marks the point with it that takes the measurements beyond the limit. */
  private static final AttributeKey<Boolean> OVERFLOW =
      AttributeKey.booleanKey("otel.metric.overflow");

  /**
   * With {@link MemoryMode#REUSABLE_DATA} the SDK (1.67, {@code DeltaSynchronousMetricStorage})
   * records into two maps by turns, and takes series that have ended out of a full one only when it
   * collects that one again: the next time but one.
   */
  private static final int COLLECTIONS_TO_EMPTY_BOTH_MAPS = 2;

  /** With delta temporality these keep series until they are collected; observed ones do not. */
  private static final List<InstrumentType> RECORDED =
      // By name, since an older SDK (1.37.0) has no constant GAUGE.
      Stream.of(InstrumentType.values())
          .filter(type -> !type.name().startsWith("OBSERVABLE_"))
          .toList();

  private final UserEventsMetricExporter exporter;

  /** 0 if there are no such collections. */
  private final long intervalNs;

  private long lastNs;
  private boolean isLogged;

  /** Collected while nobody listened, for a listener that has attached meanwhile. */
  private @Nullable Collection<MetricData> kept;

  /**
   * @param intervalNs 0 for never
   */
  IdleCollector(UserEventsMetricExporter exporter, long intervalNs) {
    this.exporter = exporter;
    this.intervalNs = forgetsSeries(exporter) ? intervalNs : 0;
  }

  /** Cumulative series never end for the SDK: collecting them would not make it forget any. */
  private static boolean forgetsSeries(UserEventsMetricExporter exporter) {
    return RECORDED.stream()
        .anyMatch(type -> exporter.getAggregationTemporality(type) == AggregationTemporality.DELTA);
  }

  /** Something was collected, or the thread has started: the interval begins anew. */
  void restart(long nowNs) {
    lastNs = nowNs;
  }

  boolean isDue(long nowNs) {
    return untilDueNs(nowNs) <= 0;
  }

  /** 0 or less if it is due, {@link Long#MAX_VALUE} if it never is. */
  long untilDueNs(long nowNs) {
    return intervalNs == 0 ? Long.MAX_VALUE : intervalNs - (nowNs - lastNs);
  }

  /**
   * Collects, and discards the points unless a listener has attached meanwhile. What the SDK or a
   * callback throws is the caller's; the interval has begun anew all the same.
   *
   * @param wasAttached whether there is a listener that does not record, for which nothing is kept
   */
  void collect(CollectionRegistration registration, boolean wasAttached, long nowNs) {
    // First, or a callback that fails would be called at every poll.
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
   * A collection that fails may have taken deltas from some instruments before: it is one of those
   * whose points are gone, though nobody knows how many they were.
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

  /** What is kept for a listener, to be exported before anything else is collected; or null. */
  @Nullable Collection<MetricData> takeKept() {
    Collection<MetricData> taken = kept;
    kept = null;
    return taken;
  }

  /** The listener has gone, or does not record. */
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

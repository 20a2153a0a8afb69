// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongGauge;
import io.opentelemetry.api.metrics.Meter;
import java.util.Locale;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

/**
 * Very many series, each of which is recorded once. Each instrument has {@value #PER_INSTRUMENT} of
 * them, with their numbers as attribute {@link #SERIES} and in their values. It needs only the API,
 * so that an application under the javaagent can record them.
 */
final class ManySeries {

  /**
   * The number of series that the SDK distinguishes by default. Its limit is one higher, for the
   * overflow series.
   */
  static final int PER_INSTRUMENT = 1999;

  /** Instruments that have more than 200,000 series. */
  static final int LARGE = 101;

  static final String SERIES = "series";

  /** A type of points. */
  enum Kind {
    LONG_SUM {
      @Override
      void record(Meter meter, int instrument, Attributes[] series) {
        LongCounter counter = meter.counterBuilder(nameOf(instrument)).build();
        forEach(series, (attributes, i) -> counter.add(i + 1, attributes));
      }
    },

    DOUBLE_SUM {
      @Override
      void record(Meter meter, int instrument, Attributes[] series) {
        DoubleCounter counter = meter.counterBuilder(nameOf(instrument)).ofDoubles().build();
        forEach(series, (attributes, i) -> counter.add(i + 1, attributes));
      }
    },

    LONG_GAUGE {
      @Override
      void record(Meter meter, int instrument, Attributes[] series) {
        LongGauge gauge = meter.gaugeBuilder(nameOf(instrument)).ofLongs().build();
        forEach(series, (attributes, i) -> gauge.set(i + 1, attributes));
      }
    },

    DOUBLE_GAUGE {
      @Override
      void record(Meter meter, int instrument, Attributes[] series) {
        DoubleGauge gauge = meter.gaugeBuilder(nameOf(instrument)).build();
        forEach(series, (attributes, i) -> gauge.set(i + 1, attributes));
      }
    },

    /** Histograms with the SDK's default buckets. */
    HISTOGRAM {
      @Override
      void record(Meter meter, int instrument, Attributes[] series) {
        DoubleHistogram histogram = meter.histogramBuilder(nameOf(instrument)).build();
        forEach(series, (attributes, i) -> histogram.record(i + 1, attributes));
      }
    },

    /**
     * Every fourth series gets two values far apart, so that its point has about a hundred buckets.
     * More such points would take the SDK too long on an emulated processor.
     */
    EXPONENTIAL_HISTOGRAM {
      @Override
      void record(Meter meter, int instrument, Attributes[] series) {
        DoubleHistogram histogram = meter.histogramBuilder(nameOf(instrument)).build();
        forEach(
            series,
            (attributes, i) -> {
              boolean isLong = i % 4 == 0;
              if (isLong) {
                histogram.record(1, attributes);
              }
              histogram.record(isLong ? i : i + 1, attributes);
            });
      }
    };

    /** Records each series of an instrument: the sum of its values is its number and one. */
    abstract void record(Meter meter, int instrument, Attributes[] series);

    String nameOf(int instrument) {
      return prefix() + instrument;
    }

    /**
     * Returns the prefix of the names of all instruments of this kind. The names end in a number.
     */
    String prefix() {
      return name().toLowerCase(Locale.ROOT) + ".";
    }
  }

  private ManySeries() {}

  /**
   * Records all series.
   *
   * @param instruments of each kind, in the order of {@link Kind}
   */
  static void record(Meter meter, int[] instruments) {
    Attributes[] series =
        IntStream.range(0, PER_INSTRUMENT)
            .mapToObj(ManySeries::attributes)
            .toArray(Attributes[]::new);
    for (Kind kind : Kind.values()) {
      for (int i = 0; i < instruments[kind.ordinal()]; i++) {
        kind.record(meter, i, series);
      }
    }
  }

  /** Returns {@link #LARGE} for one kind and none for the others. */
  static int[] largeOf(Kind kind) {
    return instrumentsOf(kind, LARGE);
  }

  /** Returns that number of instruments for one kind and none for the others. */
  static int[] instrumentsOf(Kind kind, int number) {
    int[] instruments = new int[Kind.values().length];
    instruments[kind.ordinal()] = number;
    return instruments;
  }

  private static void forEach(Attributes[] series, ObjIntConsumer<Attributes> recording) {
    for (int i = 0; i < series.length; i++) {
      recording.accept(series[i], i);
    }
  }

  private static Attributes attributes(int series) {
    return Attributes.of(
        AttributeKey.stringKey("customer"),
        "customer-" + series,
        AttributeKey.stringKey("region"),
        "eu-central-1",
        AttributeKey.longKey(SERIES),
        (long) series,
        AttributeKey.stringKey("status"),
        "ok");
  }
}

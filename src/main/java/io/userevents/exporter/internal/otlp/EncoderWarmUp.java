// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Encodes sample metrics and discards the records, so that the classes of the encoder are loaded,
 * linked and initialized, and their calls are resolved, before the first export. Otherwise the
 * first export does this on its own thread.
 *
 * <p>Any thread may call the method.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class EncoderWarmUp {

  /** The limit of a record, small enough for more than one record, as in most exports. */
  private static final int MAX_RECORD_LENGTH = 1024;

  private static final int CACHE_MEMORY = 4096;

  /**
   * The number of passes: the first encodes, the second finds attributes and headers in the cache.
   */
  private static final int PASSES = 2;

  private EncoderWarmUp() {}

  /** Warms up. It takes some milliseconds the first time, and makes some 100 KB of garbage. */
  public static void run() {
    RecordEncoder encoder =
        new RecordEncoder(
            EncoderLimits.of(MAX_RECORD_LENGTH, MAX_RECORD_LENGTH, Integer.MAX_VALUE),
            NamePatterns.COMMAND_LINE,
            CACHE_MEMORY);
    List<MetricData> metrics = SampleMetrics.all();
    RecordSink nothing = new Nothing();
    for (int i = 0; i < PASSES; i++) {
      encoder.encode(metrics, nothing);
    }
  }

  private static final class Nothing implements RecordSink {

    @Override
    public void onRecord(DirectBuffer buffer, int offset, int length, int points) {}

    @Override
    public void onEnvelopeReduced(EnvelopeReduction reduction) {}

    @Override
    public void onPointReduced(MetricData metric, PointData point, boolean withoutDescription) {}

    @Override
    public void onPointTooLarge(MetricData metric, PointData point, int encodedLength) {}
  }
}

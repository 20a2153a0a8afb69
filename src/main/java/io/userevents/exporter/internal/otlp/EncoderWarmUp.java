// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Encodes made-up metrics into nothing, so that the classes of the encoder are loaded, linked and
 * initialized, and what they call is resolved, before the first export. Otherwise that export would
 * do it, on the thread that called it.
 *
 * <p>Any thread.
 */
public final class EncoderWarmUp {

  /** For more than one record, as most exports have. */
  private static final int MAX_RECORD_LENGTH = 1024;

  private static final int CACHE_MEMORY = 4096;

  /** The first one encodes, the second one finds attributes and headers in the cache. */
  private static final int PASSES = 2;

  private EncoderWarmUp() {}

  /** Takes some milliseconds the first time, and some 100 KB that are garbage afterwards. */
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

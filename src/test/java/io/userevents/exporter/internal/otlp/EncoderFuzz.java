// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;

/** Has {@link HostileMetrics} encoded, with any limits, and checks what encoders promise. */
final class EncoderFuzz {

  private static final byte GARBAGE = (byte) 0xA5;

  long exports;
  long points;
  long records;
  long packedRecords;
  long reducedPoints;
  long tooLargePoints;
  long reducedEnvelopes;

  /** A few exports by one encoder, the same for the same seed. */
  void run(long seed) throws InvalidProtocolBufferException {
    Random random = new Random(~seed);
    int packedLength =
        random.nextInt(3) == 0 ? 1 + random.nextInt(8168) : random.nextBoolean() ? 4048 : 8168;
    int maxRecordLength =
        random.nextBoolean() ? packedLength : packedLength + random.nextInt(2 * packedLength);
    int maxPoints = random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(10);
    EncoderLimits limits = new EncoderLimits(packedLength, maxRecordLength, maxPoints);
    int cacheMemory = random.nextInt(1 << random.nextInt(18));
    RecordEncoder encoder = new RecordEncoder(limits, NamePatterns.NONE, cacheMemory);
    String name = "%s cacheMemory=%d".formatted(limits, cacheMemory);
    List<MetricData> metrics = new ArrayList<>();
    for (int export = random.nextInt(4); export >= 0; export--) {
      metrics.addAll(new HostileMetrics(random.nextLong()).export());
      Collections.shuffle(metrics, random);
      metrics.subList(0, metrics.size() / 3).clear();

      CollectedRecords collected = new CollectedRecords();
      encoder.encode(metrics, new SpoilingSink(collected, maxRecordLength));

      check(collected, metrics, limits, name);
      assertThat(encoder.cache().memory())
          .as(name)
          .isLessThanOrEqualTo(Math.max(cacheMemory, EncodedCache.EMPTY_BYTES));
    }
  }

  private void check(
      CollectedRecords collected, List<MetricData> metrics, EncoderLimits limits, String name)
      throws InvalidProtocolBufferException {
    long offered = metrics.stream().mapToLong(metric -> metric.getData().getPoints().size()).sum();
    long written = collected.pointCounts.stream().mapToLong(count -> count).sum();
    assertThat(written + collected.tooLarge.size()).as(name).isEqualTo(offered);
    assertThat(collected.pointCounts)
        .as(name)
        .allMatch(count -> count > 0 && count <= limits.maxPointsPerRecord());
    assertThat(collected.tooLarge)
        .as(name)
        .allMatch(tooLarge -> tooLarge.encodedLength() > limits.maxRecordLength());
    OracleCheck.assertRecordsAreTheExport(collected, metrics, limits, name);
    exports++;
    points += offered;
    records += collected.records.size();
    packedRecords += collected.pointCounts.stream().filter(count -> count > 1).count();
    reducedPoints += collected.reduced.size();
    tooLargePoints += collected.tooLarge.size();
    reducedEnvelopes += collected.envelopes.size();
  }

  @Override
  public String toString() {
    return "exports="
        + exports
        + " points="
        + points
        + " records="
        + records
        + " packedRecords="
        + packedRecords
        + " reducedPoints="
        + reducedPoints
        + " tooLargePoints="
        + tooLargePoints
        + " reducedEnvelopes="
        + reducedEnvelopes;
  }

  /** Leaves garbage in the buffer: the encoder may not count on what it wrote before. */
  private record SpoilingSink(CollectedRecords collected, int maxRecordLength)
      implements RecordSink {

    @Override
    public void onRecord(DirectBuffer buffer, int offset, int length, int points) {
      assertThat(length).isBetween(1, maxRecordLength);
      buffer.boundsCheck(offset, length);
      collected.onRecord(buffer, offset, length, points);
      Arrays.fill(buffer.byteArray(), GARBAGE);
    }

    @Override
    public void onEnvelopeReduced(EnvelopeReduction reduction) {
      collected.onEnvelopeReduced(reduction);
    }

    @Override
    public void onPointReduced(MetricData metric, PointData point, boolean withoutDescription) {
      collected.onPointReduced(metric, point, withoutDescription);
    }

    @Override
    public void onPointTooLarge(MetricData metric, PointData point, int encodedLength) {
      collected.onPointTooLarge(metric, point, encodedLength);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.sdk.metrics.data.MetricData;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Exports of any shape against {@link ReferencePacker}, for seeds that stay the same, and against
 * {@link OtlpOracle}, for others in each run.
 *
 * <p>A failure prints its seed; {@code -Dencoder.seed=N} begins with that one.
 */
class RandomExportTest {

  private static final int CASES = 2_000;

  @Test
  void shouldPackAnyExportLikeTheReference() {
    int reducedByExemplars = 0;
    int reducedByDescription = 0;
    int tooLarge = 0;
    int recordsOfSeveralPoints = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Random random = new Random(~seed);
      EncoderLimits limits = limits(random);
      List<MetricData> metrics = new RandomMetrics(seed).export();
      ReferencePacker expected = new ReferencePacker(limits);
      expected.pack(metrics);

      CollectedRecords actual = CollectedRecords.encode(limits, metrics);

      String description = "seed=" + seed + " " + limits;
      assertThat(actual.pointCounts).as(description).isEqualTo(expected.pointCounts);
      assertThat(actual.tooLarge)
          .as(description)
          .extracting(CollectedRecords.TooLarge::encodedLength)
          .isEqualTo(expected.tooLarge);
      for (int i = 0; i < expected.records.size(); i++) {
        assertThat(actual.records.get(i))
            .as("%s record=%d", description, i)
            .isEqualTo(expected.records.get(i))
            .hasSizeLessThanOrEqualTo(limits.maxRecordLength());
      }
      reducedByExemplars += expected.reducedByExemplars;
      reducedByDescription += expected.reducedByDescription;
      tooLarge += expected.tooLarge.size();
      recordsOfSeveralPoints += (int) expected.pointCounts.stream().filter(n -> n > 1).count();
    }
    assertThat(List.of(reducedByExemplars, reducedByDescription, tooLarge, recordsOfSeveralPoints))
        .as("all ways a point can go were gone")
        .allMatch(count -> count > 50);
  }

  @Test
  void shouldDecodeToWhatWasExported() throws InvalidProtocolBufferException {
    long firstSeed = Long.getLong("encoder.seed", System.nanoTime());
    System.out.println("random exports: encoder.seed=" + firstSeed + " cases=" + CASES);
    for (long seed = firstSeed; seed - firstSeed < CASES; seed++) {
      Random random = new Random(~seed);
      EncoderLimits limits = limits(random);
      List<MetricData> metrics = new RandomMetrics(seed).export();

      CollectedRecords actual = CollectedRecords.encode(limits, metrics);

      String name = "again with -Dencoder.seed=" + seed + " " + limits;
      OracleCheck.assertReportsAreRight(actual, metrics, limits, name);
      OracleCheck.assertRecordsAreTheExport(actual, metrics, limits, name);
      assertThat(actual.pointCounts)
          .as(name)
          .allMatch(points -> points <= limits.maxPointsPerRecord());
    }
  }

  private static EncoderLimits limits(Random random) {
    int packedLength = packedLength(random);
    int maxPoints = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : Integer.MAX_VALUE;
    int longer = random.nextBoolean() ? 0 : random.nextInt(2 * packedLength);
    return new EncoderLimits(packedLength, packedLength + longer, maxPoints);
  }

  private static int packedLength(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> 1 + random.nextInt(300);
      case 1 -> 300 + random.nextInt(700);
      case 2 -> 4048;
      case 3 -> 16_300 + random.nextInt(400);
      default -> 8168;
    };
  }
}

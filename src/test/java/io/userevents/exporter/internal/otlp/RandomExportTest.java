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
      int maxRecordLength = maxRecordLength(random);
      int maxPoints = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : Integer.MAX_VALUE;
      List<MetricData> metrics = new RandomMetrics(seed).export();
      ReferencePacker expected = new ReferencePacker(maxRecordLength, maxPoints);
      expected.pack(metrics);

      CollectedRecords actual = CollectedRecords.encode(maxRecordLength, maxPoints, metrics);

      String description =
          "seed=" + seed + " maxRecordLength=" + maxRecordLength + " maxPoints=" + maxPoints;
      assertThat(actual.pointCounts).as(description).isEqualTo(expected.pointCounts);
      assertThat(actual.tooLarge)
          .as(description)
          .extracting(CollectedRecords.TooLarge::encodedLength)
          .isEqualTo(expected.tooLarge);
      for (int i = 0; i < expected.records.size(); i++) {
        assertThat(actual.records.get(i))
            .as("%s record=%d", description, i)
            .isEqualTo(expected.records.get(i))
            .hasSizeLessThanOrEqualTo(maxRecordLength);
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
      int maxRecordLength = maxRecordLength(random);
      int maxPoints = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : Integer.MAX_VALUE;
      List<MetricData> metrics = new RandomMetrics(seed).export();

      CollectedRecords actual = CollectedRecords.encode(maxRecordLength, maxPoints, metrics);

      String name = "again with -Dencoder.seed=" + seed + " maxRecordLength=" + maxRecordLength;
      OracleCheck.assertReportsAreRight(actual, metrics, maxRecordLength, name);
      OracleCheck.assertRecordsAreTheExport(actual, metrics, maxRecordLength, name);
      assertThat(actual.pointCounts).as(name).allMatch(points -> points <= maxPoints);
    }
  }

  private static int maxRecordLength(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> 1 + random.nextInt(300);
      case 1 -> 300 + random.nextInt(700);
      case 2 -> 4048;
      case 3 -> 16_300 + random.nextInt(400);
      default -> 8168;
    };
  }
}

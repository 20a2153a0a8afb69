// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Records that identify their publisher and order. Each is a request with one point, whose value is
 * the record's number. The numbers of the first publisher come first, then those of the second.
 *
 * <p>Records of different publishers differ in length. All have their number at the same place, so
 * a record is a copy of its publisher's template with the number set.
 */
final class NumberedRecords {

  private static final String METRIC = "numbers";
  private static final String ATTRIBUTE = "publisher";
  private static final long PLACEHOLDER = 0x0123_4567_89AB_CDEFL;

  private final int perPublisher;
  private final byte[][] templates;
  private final int numberOffset;

  NumberedRecords(int publishers, int perPublisher) {
    this.perPublisher = perPublisher;
    templates = new byte[publishers][];
    for (int i = 0; i < publishers; i++) {
      templates[i] = template(i).toByteArray();
    }
    numberOffset = placeOfNumber(templates[0]);
    for (byte[] template : templates) {
      assertThat(placeOfNumber(template)).isEqualTo(numberOffset);
    }
  }

  private static ExportMetricsServiceRequest template(int publisher) {
    NumberDataPoint.Builder point = NumberDataPoint.newBuilder().setAsInt(PLACEHOLDER);
    point
        .addAttributesBuilder()
        .setKey(ATTRIBUTE)
        .getValueBuilder()
        .setStringValue(name(publisher));
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    request
        .addResourceMetricsBuilder()
        .addScopeMetricsBuilder()
        .addMetricsBuilder()
        .setName(METRIC)
        .getGaugeBuilder()
        .addDataPoints(point);
    return request.build();
  }

  private static String name(int publisher) {
    return "p".repeat(16 * (1 + publisher));
  }

  private static int placeOfNumber(byte[] template) {
    ByteBuffer bytes = ByteBuffer.wrap(template).order(ByteOrder.LITTLE_ENDIAN);
    int place = 0;
    while (bytes.getLong(place) != PLACEHOLDER) {
      place++;
    }
    return place;
  }

  int count() {
    return templates.length * perPublisher;
  }

  int perPublisher() {
    return perPublisher;
  }

  /** Number of the first record of a publisher. */
  int first(int publisher) {
    return publisher * perPublisher;
  }

  int publisher(int number) {
    return number / perPublisher;
  }

  int length(int number) {
    return templates[publisher(number)].length;
  }

  /** A buffer with a record of this publisher, which has no number yet. */
  MutableDirectBuffer newRecord(int publisher) {
    return new UnsafeBuffer(templates[publisher].clone());
  }

  void putNumber(MutableDirectBuffer record, int number) {
    record.putLong(numberOffset, number, ByteOrder.LITTLE_ENDIAN);
  }

  /** Number of the record that begins at {@code offset}. */
  int numberAt(byte[] event, int offset) {
    long number =
        ByteBuffer.wrap(event).order(ByteOrder.LITTLE_ENDIAN).getLong(offset + numberOffset);
    assertThat(number).as("number of a record").isBetween(0L, count() - 1L);
    return (int) number;
  }

  /** Fails unless the event is these records, one after the other, as bytes and as decoded. */
  void requireEqual(byte[] event, int[] numbers, int from, int to) throws Exception {
    byte[] expected = new byte[event.length];
    int position = 0;
    for (int i = from; i < to; i++) {
      byte[] template = templates[publisher(numbers[i])];
      if (position + template.length > event.length) {
        break;
      }
      ByteBuffer.wrap(expected)
          .order(ByteOrder.LITTLE_ENDIAN)
          .put(position, template)
          .putLong(position + numberOffset, numbers[i]);
      position += template.length;
    }
    assertThat(Arrays.equals(event, expected)).as("bytes of an event").isTrue();
    int next = from;
    for (ResourceMetrics resource :
        ExportMetricsServiceRequest.parseFrom(event).getResourceMetricsList()) {
      for (ScopeMetrics scope : resource.getScopeMetricsList()) {
        for (Metric metric : scope.getMetricsList()) {
          for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
            requireEqual(metric, point, numbers[next++]);
          }
        }
      }
    }
    assertThat(next).as("points of an event").isEqualTo(to);
  }

  // Avoids AssertJ in the normal case, because this runs a million times on an emulated processor.
  private void requireEqual(Metric metric, NumberDataPoint point, int number) {
    boolean isEqual =
        metric.getName().equals(METRIC)
            && point.getAsInt() == number
            && point.getAttributesCount() == 1
            && point.getAttributes(0).getKey().equals(ATTRIBUTE)
            && point.getAttributes(0).getValue().getStringValue().equals(name(publisher(number)));
    if (!isEqual) {
      throw new AssertionError("record " + number + " was received as " + metric);
    }
  }
}

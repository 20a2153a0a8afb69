// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.util.List;

/**
 * Checks that each time of a decoded metric is within a span, and removes the times, so that the
 * rest can be compared. It works on any point and exemplar by the names of its fields.
 */
final class Times {

  private final long earliestNs;
  private final long latestNs;

  Times(long earliestNs, long latestNs) {
    this.earliestNs = earliestNs;
    this.latestNs = latestNs;
  }

  Metric checkAndRemove(Metric metric) {
    Metric.Builder builder = metric.toBuilder();
    visit(builder, metric);
    return builder.build();
  }

  private void visit(Message.Builder message, Metric metric) {
    String name = metric.getName();
    FieldDescriptor start = message.getDescriptorForType().findFieldByName("start_time_unix_nano");
    FieldDescriptor time = message.getDescriptorForType().findFieldByName("time_unix_nano");
    if (time != null) {
      long timeNs = (long) message.getField(time);
      assertThat(timeNs).as("time of %s", name).isBetween(earliestNs, latestNs);
      if (start != null) {
        // The value of a gauge has no duration. All other values were summed up over one.
        long latestStartNs = metric.hasGauge() ? timeNs : timeNs - 1;
        assertThat((long) message.getField(start))
            .as("start time of %s", name)
            .isBetween(earliestNs, latestStartNs);
        message.clearField(start);
      }
      message.clearField(time);
    }
    for (FieldDescriptor field : List.copyOf(message.getAllFields().keySet())) {
      if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (field.isRepeated()) {
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
          Message.Builder element = ((Message) message.getRepeatedField(field, i)).toBuilder();
          visit(element, metric);
          message.setRepeatedField(field, i, element.build());
        }
      } else {
        Message.Builder nested = ((Message) message.getField(field)).toBuilder();
        visit(nested, metric);
        message.setField(field, nested.build());
      }
    }
  }
}

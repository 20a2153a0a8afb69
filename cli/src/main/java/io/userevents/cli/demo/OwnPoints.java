// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decodes events and selects the points of one service instance, because other processes may write
 * to the same tracepoint. One thread passes the events. The counts may be read after it has ended.
 */
final class OwnPoints implements Consumer<byte[]> {

  static final String INSTANCE_ID = "service.instance.id";

  private final String instanceId;
  private final Rows rows;
  private long received;
  private long ofOthers;
  private long malformed;

  OwnPoints(String instanceId, Rows rows) {
    this.instanceId = instanceId;
    this.rows = rows;
  }

  @Override
  public void accept(byte[] event) {
    ExportMetricsServiceRequest request;
    try {
      request = ExportMetricsServiceRequest.parseFrom(event);
    } catch (InvalidProtocolBufferException e) {
      malformed++;
      return;
    }
    for (ResourceMetrics resource : request.getResourceMetricsList()) {
      boolean isOwn = isOwn(resource);
      for (ScopeMetrics scope : resource.getScopeMetricsList()) {
        for (Metric metric : scope.getMetricsList()) {
          add(PointRows.of(metric), isOwn);
        }
      }
    }
  }

  /** Returns the number of points of the instance. */
  long received() {
    return received;
  }

  /** Returns the number of points of other writers. */
  long ofOthers() {
    return ofOthers;
  }

  /** Returns the number of events that are not OTLP metrics. Their writer is unknown. */
  long malformed() {
    return malformed;
  }

  private void add(List<PointRow> points, boolean isOwn) {
    if (isOwn) {
      received += points.size();
      points.forEach(rows::print);
    } else {
      ofOthers += points.size();
    }
  }

  private boolean isOwn(ResourceMetrics resource) {
    for (KeyValue attribute : resource.getResource().getAttributesList()) {
      if (attribute.getKey().equals(INSTANCE_ID)) {
        return attribute.getValue().getStringValue().equals(instanceId);
      }
    }
    return false;
  }
}

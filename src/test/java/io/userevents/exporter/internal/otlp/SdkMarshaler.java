// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.exporter.internal.otlp.metrics.MetricsRequestMarshaler;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.sdk.metrics.data.MetricData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The marshaler of the OTLP exporters of OpenTelemetry Java: what ours has to agree with. */
final class SdkMarshaler {

  private SdkMarshaler() {}

  static byte[] marshal(MetricData... metrics) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      MetricsRequestMarshaler.create(List.of(metrics)).writeBinaryTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static ExportMetricsServiceRequest request(MetricData... metrics) {
    try {
      return ExportMetricsServiceRequest.parseFrom(marshal(metrics));
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }
}

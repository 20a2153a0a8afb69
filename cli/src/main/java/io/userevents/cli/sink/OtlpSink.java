// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.sink;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.userevents.cli.console.Json;
import io.userevents.cli.otlp.OtlpJson;
import io.userevents.cli.otlp.RequestFilter;
import io.userevents.cli.series.SeriesFilter;
import java.io.PrintWriter;

/**
 * Prints events as OTLP JSON: a request on each line, as the file exporter of the OpenTelemetry
 * Collector does, or one request with all events, which is printed as the events arrive. Events
 * without metrics print nothing.
 */
public final class OtlpSink implements Sink {

  private final PrintWriter out;
  private final boolean isDocument;
  private final RequestFilter filter;
  private final StringBuilder text = new StringBuilder();
  private long emptyEvents;
  private long malformedEvents;
  private boolean isBegun;

  /**
   * Creates a sink that has printed nothing.
   *
   * @param isDocument whether all events form one request
   */
  public OtlpSink(PrintWriter out, boolean isDocument, SeriesFilter filter) {
    this.out = out;
    this.isDocument = isDocument;
    this.filter = new RequestFilter(filter);
  }

  @Override
  public void add(byte[] event, int pid, long nowNs) {
    ExportMetricsServiceRequest request;
    try {
      request = ExportMetricsServiceRequest.parseFrom(event);
    } catch (InvalidProtocolBufferException e) {
      malformedEvents++;
      return;
    }
    if (request.getResourceMetricsCount() == 0) {
      emptyEvents++;
      return;
    }
    ExportMetricsServiceRequest taken = filter.take(request, pid);
    if (taken.getResourceMetricsCount() == 0) {
      return;
    }
    if (isDocument) {
      addToDocument(taken);
    } else {
      Json json = new Json();
      OtlpJson.add(json, taken);
      text.append(json).append('\n');
    }
  }

  private void addToDocument(ExportMetricsServiceRequest request) {
    for (ResourceMetrics resource : request.getResourceMetricsList()) {
      text.append(isBegun ? "," : "{\"resourceMetrics\":[");
      isBegun = true;
      Json json = new Json();
      OtlpJson.add(json, resource);
      text.append(json);
    }
  }

  @Override
  public long points() {
    return filter.points();
  }

  @Override
  public String omissions() {
    return new Omissions()
        .add(filter.filteredPoints(), " points filtered out")
        .add(malformedEvents, " events are not OTLP metrics")
        .add(emptyEvents, " events without metrics")
        .toString();
  }

  @Override
  public void refresh(String status, long nowNs) {
    if (text.length() > 0) {
      out.print(text);
      out.flush();
      text.setLength(0);
    }
  }

  @Override
  public void end(String status, long nowNs) {
    if (isDocument) {
      text.append(isBegun ? "]}\n" : "{\"resourceMetrics\":[]}\n");
    }
    refresh(status, nowNs);
  }

  @Override
  public void close() {}
}

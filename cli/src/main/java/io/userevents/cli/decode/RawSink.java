// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.decode;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.userevents.cli.otlp.RequestFilter;
import io.userevents.cli.series.SeriesFilter;
import io.userevents.listener.Sample;
import java.io.IOException;

/**
 * Writes the payloads of events that have a metric that the filter accepts. Without a filter,
 * writes all payloads.
 */
final class RawSink implements EventSink {

  private final RawFolder folder;
  private final SeriesFilter filter;
  private long omitted;

  RawSink(RawFolder folder, SeriesFilter filter) {
    this.folder = folder;
    this.filter = filter;
  }

  @Override
  public void add(Sample sample) throws IOException {
    byte[] event = sample.copy().bytes();
    boolean isPidKnown = sample.pid() != Sample.UNKNOWN_PID;
    if (!isTaken(event, isPidKnown ? sample.pid() : 0)) {
      omitted++;
      return;
    }
    String writer = isPidKnown ? "pid" + sample.pid() : "tid" + sample.tid();
    folder.write(event, sample.timestampNs(), writer);
  }

  private boolean isTaken(byte[] event, int pid) {
    if (filter.equals(SeriesFilter.ALL)) {
      return true;
    }
    try {
      ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(event);
      return new RequestFilter(filter).take(request, pid).getResourceMetricsCount() > 0;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  @Override
  public void refresh() {}

  @Override
  public void end() {}

  @Override
  public String summary() {
    return folder.files() + " written" + (omitted == 0 ? "" : "; " + omitted + " filtered out");
  }
}

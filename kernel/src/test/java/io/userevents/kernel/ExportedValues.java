// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.userevents.agent.receiver.ReceivedRequest;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The values 1, 2, 3 and so on, which an application exports one at a time, each in one event. */
final class ExportedValues {

  private static final Pattern ANSWER = Pattern.compile("success=true written=(\\d+)");

  private final ExportingProcess application;
  private long last;
  private long written;

  ExportedValues(ExportingProcess application) {
    this.application = application;
  }

  /** Exports the next value. Returns it, or 0 if no listener was there for its event. */
  long tryExport() throws IOException {
    String answer = application.ask("add " + ++last);
    Matcher matcher = ANSWER.matcher(String.valueOf(answer));
    assertThat(matcher.matches()).as("the answer to add %s: %s", last, answer).isTrue();
    long before = written;
    written = Long.parseLong(matcher.group(1));
    assertThat(written - before).isBetween(0L, 1L);
    return written == before ? 0 : last;
  }

  /** Exports the next value and returns it. A listener must be there. */
  long export() throws IOException {
    assertThat(tryExport()).isEqualTo(last);
    return last;
  }

  /** The values in requests, in the order in which they came. */
  static List<Long> in(List<ReceivedRequest> requests) {
    return requests.stream().flatMap(request -> in(request.content()).stream()).toList();
  }

  /** The values in a request. */
  static List<Long> in(ExportMetricsServiceRequest request) {
    return request.getResourceMetricsList().stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .flatMap(metric -> metric.getSum().getDataPointsList().stream())
        .map(NumberDataPoint::getAsInt)
        .toList();
  }
}

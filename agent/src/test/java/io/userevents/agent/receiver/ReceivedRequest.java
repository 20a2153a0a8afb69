// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.receiver;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import java.util.Map;

/**
 * A request that was read whole.
 *
 * @param path with the query
 * @param headers with names in small letters
 * @param bodyBytes the length of the body on the wire, compressed if it was
 * @param connection the number of the connection on which it came, from 1
 * @param content the decoded body
 * @param points how many data points it has
 */
public record ReceivedRequest(
    String path,
    Map<String, String> headers,
    int bodyBytes,
    int connection,
    ExportMetricsServiceRequest content,
    long points) {

  public ReceivedRequest {
    headers = Map.copyOf(headers);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.TestRequests;
import java.util.concurrent.ExecutionException;

/** Helpers of the tests of endpoints. */
final class Endpoints {

  /** Far longer than a loaded machine needs, for exchanges that have to complete. */
  static final long LONG_MS = 300_000;

  /** Short, for exchanges that never complete. */
  static final long SHORT_MS = 300;

  private Endpoints() {}

  static EndpointSettingsBuilder settings(OtlpReceiver receiver) {
    return EndpointSettings.builder().setUrl(receiver.uri().toString()).setTimeoutMs(LONG_MS);
  }

  static OtlpEndpoint to(OtlpReceiver receiver) throws EndpointException {
    return OtlpEndpoint.create(settings(receiver).build());
  }

  static OtlpEndpoint toWithin(OtlpReceiver receiver, long timeoutMs) throws EndpointException {
    return OtlpEndpoint.create(settings(receiver).setTimeoutMs(timeoutMs).build());
  }

  static byte[] request() {
    return TestRequests.ofPoints(3).toByteArray();
  }

  static Answer send(OtlpEndpoint endpoint) throws InterruptedException, ExecutionException {
    return send(endpoint, request());
  }

  static Answer send(OtlpEndpoint endpoint, byte[] request)
      throws InterruptedException, ExecutionException {
    return endpoint.send(request, 0, request.length).get();
  }
}

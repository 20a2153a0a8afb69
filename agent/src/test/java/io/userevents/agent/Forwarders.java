// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Checks of a running agent that several tests share. */
final class Forwarders {

  private Forwarders() {}

  /** Checks that each event which was received or recovered has exactly one outcome. */
  static void assertBalanced(ForwarderStatistics statistics) {
    long sum = 0;
    for (Outcome outcome : Outcome.values()) {
      sum += statistics.events(outcome);
    }
    assertThat(sum).as(statistics.text()).isEqualTo(statistics.received() + statistics.recovered());
  }

  /** Waits until the condition holds. The test's own time limit ends a wait that is too long. */
  static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** Sends a request and returns the answer. */
  static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }
}

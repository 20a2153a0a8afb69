// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.userevents.kernel.ManySeries.Kind;
import java.io.IOException;

/**
 * An application that records very many series through the API. The SDK and the exporter belong to
 * the javaagent. It prints a line when it runs, waits for a line, records, and ends.
 */
final class ManySeriesApplication {

  static final String READY = "ready";
  static final String RECORDED = "recorded";

  private ManySeriesApplication() {}

  /** Records the number of series of {@link ManySeries#largeOf}, of the given kind. */
  public static void main(String[] arguments) throws IOException {
    System.out.println(READY);
    if (System.in.read() < 0) {
      throw new IOException("nobody listens");
    }
    ManySeries.record(
        GlobalOpenTelemetry.getMeter("many"), ManySeries.largeOf(Kind.valueOf(arguments[0])));
    System.out.println(RECORDED);
  }
}

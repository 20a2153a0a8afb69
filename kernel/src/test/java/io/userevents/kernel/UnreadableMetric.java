// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.opentelemetry.sdk.metrics.data.MetricData;
import java.lang.reflect.Proxy;

/** A metric that cannot be read. Every attempt to encode it fails. */
final class UnreadableMetric {

  private UnreadableMetric() {}

  static MetricData create() {
    return (MetricData)
        Proxy.newProxyInstance(
            UnreadableMetric.class.getClassLoader(),
            new Class<?>[] {MetricData.class},
            (proxy, method, arguments) -> {
              throw new ReadException(method.getName());
            });
  }

  /** Has no stack trace, because the exporter logs it. */
  private static final class ReadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ReadException(String method) {
      super(method + " was called", null, false, false);
    }
  }
}

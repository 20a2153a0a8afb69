// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP service that uses only the JDK. It answers {@code /orders} and records nothing. The
 * javaagent measures the duration of each request and the state of the JVM, and the extension
 * writes these metrics to the tracepoint:
 *
 * <pre>
 * mvn -B package -DskipTests -pl javaagent -am
 * java -javaagent:javaagent/target/javaagent/opentelemetry-javaagent.jar \
 *   -Dotel.javaagent.extensions=javaagent/target/user-events-javaagent-extension.jar \
 *   -Dotel.metrics.exporter=user_events -Dotel.traces.exporter=none -Dotel.logs.exporter=none \
 *   -cp javaagent/target/test-classes io.userevents.examples.OrdersServer 8080
 * </pre>
 *
 * <p>{@code curl localhost:8080/orders} then shows up as {@code http.server.request.duration}, for
 * example in {@code perf record -a -e user_events:otlp_metrics}.
 */
public final class OrdersServer {

  private OrdersServer() {}

  /**
   * Runs the server and prints its port.
   *
   * @param arguments the port; without one, the server takes any free port and ends with its input
   */
  public static void main(String[] arguments) throws IOException {
    int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/orders",
        exchange -> {
          byte[] body = "accepted".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    System.out.println("port " + server.getAddress().getPort());
    if (arguments.length > 0) {
      return; // The server has its own threads.
    }
    while (System.in.read() >= 0) {
      // The input does not matter, only its end.
    }
    server.stop(0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.javaagent;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP server of nothing but the JDK, which answers {@code /orders}. Prints its port, and ends
 * with its input.
 */
public final class OrdersServer {

  private OrdersServer() {}

  /** Serves. */
  public static void main(String[] arguments) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
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
    while (System.in.read() >= 0) {
      // Whatever comes: it is the end that counts.
    }
    server.stop(0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** An endpoint that accepts each request of the agent, and prints its length and readable text. */
public final class Sink {

  public static void main(String[] args) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 4318), 0);
    server.createContext(
        "/v1/metrics",
        request -> {
          byte[] body = request.getRequestBody().readAllBytes();
          String text = new String(body, StandardCharsets.UTF_8).replaceAll("[^ -~]+", " ");
          System.out.println(body.length + " bytes: " + text);
          request.sendResponseHeaders(200, -1);
          request.close();
        });
    server.start();
  }
}

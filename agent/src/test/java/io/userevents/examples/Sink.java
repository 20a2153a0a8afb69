// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** An endpoint that accepts each request of the agent, and prints its length. */
public final class Sink {

  public static void main(String[] args) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 4318), 0);
    server.createContext(
        "/v1/metrics",
        request -> {
          System.out.println("received " + request.getRequestBody().readAllBytes().length);
          request.sendResponseHeaders(200, -1);
          request.close();
        });
    server.start();
  }
}

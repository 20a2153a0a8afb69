// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/** An OTLP/HTTP endpoint on this machine that reads requests and discards them. */
final class OtlpReceiver implements AutoCloseable {

  private static final String PATH = "/v1/metrics";
  private static final int OK = 200;

  private final HttpServer server;
  private final AtomicLong bytes = new AtomicLong();

  OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(PATH, this::receive);
    server.start();
  }

  /** Runs an endpoint in this process until its input ends, and prints the URL first. */
  public static void main(String[] args) throws IOException {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      System.out.println(receiver.url());
      while (System.in.read() >= 0) {
        // The process that started this one is still alive.
      }
    }
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort() + PATH;
  }

  /** Returns the bytes of all requests so far. */
  long bytes() {
    return bytes.get();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream body = exchange.getRequestBody()) {
      bytes.addAndGet(body.readAllBytes().length);
      // An empty message is a response without a partial success field.
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(OK, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

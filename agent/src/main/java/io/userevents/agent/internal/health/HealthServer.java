// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.health;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Serves the agent's health over HTTP: {@code /ready}, {@code /live} and {@code /metrics}. The
 * first two answer 200 with {@code ok}, or 503 with the reason.
 *
 * <p>At most {@value #MAX_THREADS} requests are answered at a time. A client that does not send its
 * request, or does not read the answer, is cut off after {@value #TIME_LIMIT_S} s.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class HealthServer implements AutoCloseable {

  private static final int MAX_THREADS = 4;
  private static final int MAX_WAITING = 16;
  private static final int OK = 200;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;
  private static final String TEXT = "text/plain; charset=utf-8";

  /** Properties of the JDK's server, in seconds. A JVM reads them once. */
  private static final List<String> TIME_LIMITS =
      List.of("sun.net.httpserver.maxReqTime", "sun.net.httpserver.maxRspTime");

  private static final String TIME_LIMIT_S = "5";

  private final HttpServer server;
  private final ExecutorService threads;

  /** The data that the server reports. The server's threads call all methods. */
  public interface Subject {

    /**
     * Returns the reason why the agent receives no events, or an empty text if it receives them.
     */
    String whyNotReady();

    /** Returns the reason why the agent must be restarted, or an empty text if it works. */
    String whyNotLive();

    /** Returns the agent's own metrics. */
    List<Measure> measures();
  }

  private static final class Response {
    private final int status;
    private final String contentType;
    private final byte[] body;

    Response(int status, String contentType, byte[] body) {
      this.status = status;
      this.contentType = contentType;
      this.body = body;
    }
  }

  /**
   * Listens at the address.
   *
   * @throws IOException if the address is in use or does not belong to this machine
   */
  public HealthServer(InetSocketAddress address, Subject subject) throws IOException {
    limitTimes();
    server = HttpServer.create(address, 0);
    threads =
        new ThreadPoolExecutor(
            MAX_THREADS,
            MAX_THREADS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            runnable -> {
              Thread thread = new Thread(runnable, "user-events-health");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.AbortPolicy());
    server.setExecutor(threads);
    server.createContext("/ready", handler(() -> state(subject.whyNotReady())));
    server.createContext("/live", handler(() -> state(subject.whyNotLive())));
    server.createContext(
        "/metrics",
        handler(
            () ->
                new Response(
                    OK, PrometheusText.CONTENT_TYPE, PrometheusText.of(subject.measures()))));
    server.start();
  }

  /**
   * Limits the time that a request and its answer may take. Otherwise a client that sends half a
   * request occupies a thread for ever. The JDK reads the limits once in a JVM, before its first
   * server.
   */
  public static void limitTimes() {
    for (String limit : TIME_LIMITS) {
      if (System.getProperty(limit) == null) {
        System.setProperty(limit, TIME_LIMIT_S);
      }
    }
  }

  /** Returns the address at which the server listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static Response state(String reason) {
    return reason.isEmpty()
        ? new Response(OK, TEXT, "ok\n".getBytes(UTF_8))
        : new Response(UNAVAILABLE, TEXT, (reason + "\n").getBytes(UTF_8));
  }

  private static HttpHandler handler(Supplier<Response> response) {
    return exchange -> {
      try (exchange) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
          exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, -1);
          return;
        }
        answer(exchange, response.get(), method.equals("HEAD"));
      }
    };
  }

  private static void answer(HttpExchange exchange, Response response, boolean isHead)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", response.contentType);
    if (isHead) {
      exchange.sendResponseHeaders(response.status, -1);
      return;
    }
    exchange.sendResponseHeaders(response.status, response.body.length);
    exchange.getResponseBody().write(response.body);
  }
}

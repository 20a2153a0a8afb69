// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.receiver;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * An OTLP/HTTP endpoint on the loopback address. Each request takes the next behaviour of the
 * script, or the default one, which accepts it. Accepted requests are decoded, kept and counted.
 *
 * <p>Any thread may call any method. Methods that wait do so without a limit: a test brings its
 * own.
 */
public final class OtlpReceiver implements AutoCloseable {

  private final ServerSocket server;
  private final boolean isTls;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final Deque<Behaviour> script = new ArrayDeque<>();
  private final List<ReceivedRequest> accepted = new ArrayList<>();
  private Behaviour defaultBehaviour = Behaviour.ok();
  private boolean isKeeping = true;
  private int requestCount;
  private long acceptedRequests;
  private long acceptedPoints;
  private long malformedRequests;
  private long brokenConnections;

  private OtlpReceiver(ServerSocket server, boolean isTls) {
    this.server = server;
    this.isTls = isTls;
  }

  /** Starts one on a free port. */
  public static OtlpReceiver start() throws IOException {
    return start(0);
  }

  /** Starts one on a given port, such as that of one that was closed before; 0 for a free one. */
  public static OtlpReceiver start(int port) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return run(new OtlpReceiver(server, /* isTls= */ false));
  }

  /** Starts one with TLS on a free port. */
  public static OtlpReceiver startTls(SSLContext context, boolean isClientCertificateNeeded)
      throws IOException {
    return startTls(context, isClientCertificateNeeded, 0);
  }

  /** Starts one with TLS on a given port; 0 for a free one. */
  public static OtlpReceiver startTls(
      SSLContext context, boolean isClientCertificateNeeded, int port) throws IOException {
    SSLServerSocket server =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
    server.setNeedClientAuth(isClientCertificateNeeded);
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return run(new OtlpReceiver(server, /* isTls= */ true));
  }

  private static OtlpReceiver run(OtlpReceiver receiver) {
    startThread("otlp-receiver", receiver::acceptConnections);
    return receiver;
  }

  private static void startThread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** The address of its metrics. */
  public URI uri() {
    return URI.create((isTls ? "https" : "http") + "://localhost:" + port() + "/v1/metrics");
  }

  /** The port on which it listens. */
  public int port() {
    return server.getLocalPort();
  }

  /** Appends behaviours for the next requests, one each. */
  public synchronized OtlpReceiver script(Behaviour... behaviours) {
    script.addAll(List.of(behaviours));
    return this;
  }

  /** Sets the behaviour for requests that the script does not cover. */
  public synchronized OtlpReceiver setDefault(Behaviour behaviour) {
    defaultBehaviour = behaviour;
    return this;
  }

  /** Sets whether accepted requests are kept, or only counted. Default: kept. */
  public synchronized OtlpReceiver setKeeping(boolean isKeeping) {
    this.isKeeping = isKeeping;
    return this;
  }

  /** The accepted requests, in the order in which they came, if they are kept. */
  public synchronized List<ReceivedRequest> accepted() {
    return List.copyOf(accepted);
  }

  /** How many requests were accepted. */
  public synchronized long acceptedRequests() {
    return acceptedRequests;
  }

  /** How many data points the accepted requests had. */
  public synchronized long acceptedPoints() {
    return acceptedPoints;
  }

  /** How many requests had a body that is no {@code ExportMetricsServiceRequest}. */
  public synchronized long malformedRequests() {
    return malformedRequests;
  }

  /** How many requests began, whatever became of them. */
  public synchronized int requestCount() {
    return requestCount;
  }

  /** How many connections were made. */
  public int connectionCount() {
    return connections.get();
  }

  /** How many connections ended in an error: in the handshake of TLS, or within a request. */
  public synchronized long brokenConnections() {
    return brokenConnections;
  }

  /** Waits until so many requests have begun. */
  public synchronized void awaitRequests(int count) throws InterruptedException {
    while (requestCount < count) {
      wait();
    }
  }

  /** Waits until so many data points were accepted. */
  public synchronized void awaitAcceptedPoints(long count) throws InterruptedException {
    while (acceptedPoints < count) {
      wait();
    }
  }

  synchronized void accepted(ReceivedRequest request) {
    if (isKeeping) {
      accepted.add(request);
    }
    acceptedRequests++;
    acceptedPoints += request.points();
    notifyAll();
  }

  private synchronized Behaviour next() {
    requestCount++;
    notifyAll();
    Behaviour scripted = script.poll();
    return scripted == null ? defaultBehaviour : scripted;
  }

  private synchronized void malformed() {
    malformedRequests++;
  }

  private synchronized void broken() {
    brokenConnections++;
    notifyAll();
  }

  private void acceptConnections() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        if (server.isClosed()) {
          socket.close();
        }
        int number = connections.incrementAndGet();
        startThread("otlp-receiver-" + number, () -> converse(socket, number));
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void converse(Socket socket, int number) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        @Nullable Conversation request = Conversation.read(this, socket, in, number, closed);
        if (request == null) {
          return;
        }
        try {
          next().handle(request);
        } catch (InvalidProtocolBufferException e) {
          malformed();
          request.respondStatus(400, Map.of(), "the body cannot be decoded: " + e.getMessage());
        }
        if (!request.isReusable()) {
          return;
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // Part of many tests: the client has gone, or does not like the certificate.
      if (!server.isClosed()) {
        broken();
      }
    } finally {
      sockets.remove(socket);
    }
  }

  /** Stops listening and closes all connections. */
  @Override
  public void close() throws IOException {
    server.close();
    closed.countDown();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import io.userevents.agent.internal.http.Answer.Failure;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to one OTLP/HTTP endpoint, one at a time, and returns the outcome of each. It does
 * not repeat a request. The caller does that, with {@link Backoff}.
 *
 * <p>It uses {@code java.net.http} rather than the HttpSender of the OpenTelemetry SDK (1.67.0).
 * The SDK's {@code HttpResponse} has a status and a body but no headers, and its {@code
 * JdkHttpSender} cuts a Retry-After to the rest of one export's time-out, so a pause that an
 * endpoint asks for cannot be kept. A request that is under way cannot be cancelled with it either.
 *
 * <p>Requests are HTTP/1.1. Over {@code http://} the client would otherwise ask for HTTP/2 by the
 * header Upgrade, together with a body, which some servers and proxies refuse. One request at a
 * time gains nothing from HTTP/2. Connections are kept alive. Redirections are not followed,
 * because a redirection that turns POST into GET would lose the body. The proxy is the JVM's
 * ({@code -Dhttps.proxyHost}) if the JVM has one for the endpoint, otherwise the environment's.
 *
 * <p>Any thread may call {@link #close}; one thread at a time calls {@link #send}.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class OtlpEndpoint implements AutoCloseable {

  private static final int IDLE_THREAD_S = 10;

  private final EndpointSettings settings;
  private final RenewedClient client;
  private final ExecutorService executor;
  private final HttpRequest.Builder template;
  private final String target;
  private final @Nullable GzipBuffer gzip;
  private final AtomicReference<@Nullable Exchange> underWay = new AtomicReference<>();
  private volatile boolean isClosed;

  private OtlpEndpoint(
      EndpointSettings settings,
      RenewedClient client,
      ExecutorService executor,
      HttpRequest.Builder template) {
    this.settings = settings;
    this.client = client;
    this.executor = executor;
    this.template = template;
    gzip = settings.compression() == Compression.GZIP ? new GzipBuffer() : null;
    ProxyAddress proxy = settings.proxy();
    String authority = EndpointUrl.authority(settings.uri());
    target = proxy == null ? authority : authority + " through proxy " + proxy;
  }

  /**
   * Creates an endpoint. Reads the certificates, but opens no connection, because the endpoint may
   * be unreachable. Certificates that change later are used within 10 s.
   *
   * @throws EndpointException if a certificate or a key cannot be used
   */
  public static OtlpEndpoint create(EndpointSettings settings) throws EndpointException {
    return create(settings, System::nanoTime);
  }

  static OtlpEndpoint create(EndpointSettings settings, LongSupplier nanoClock)
      throws EndpointException {
    ExecutorService executor = newExecutor();
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(executor);
    ProxySelector proxies = proxies(settings);
    if (proxies != null) {
      client.proxy(proxies);
    }
    HttpRequest.Builder template =
        HttpRequest.newBuilder(settings.uri())
            .setHeader("User-Agent", settings.userAgent())
            .setHeader("Content-Type", "application/x-protobuf");
    if (settings.compression() == Compression.GZIP) {
      template.setHeader("Content-Encoding", "gzip");
    }
    settings.headers().forEach(template::setHeader);
    return new OtlpEndpoint(
        settings, new RenewedClient(settings, client, nanoClock), executor, template);
  }

  /**
   * Sends one POST. If the settings ask for compression, the calling thread compresses first. This
   * method never waits for the network.
   *
   * @param bytes the array with the body, one or more {@code ExportMetricsServiceRequest} messages.
   *     The array must not change until the future completes.
   * @return a future that completes with the outcome, never with an exception. It completes at the
   *     latest after the time limit of the settings and the time to close a connection. Dependent
   *     actions run on the endpoint's threads or on the thread that calls {@link #close}, and must
   *     not block. They may send the next request. After {@link #close}, the future is already
   *     complete with {@link Failure#CLOSED}.
   * @throws IllegalStateException if another request is under way
   * @throws IndexOutOfBoundsException if the part is not within the array
   */
  public CompletableFuture<Answer> send(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (isClosed) {
      return CompletableFuture.completedFuture(closed());
    }
    if (underWay.get() != null) {
      throw new IllegalStateException("Another request is under way: uri=" + uri());
    }
    ArrayPublisher body;
    if (gzip == null) {
      body = new ArrayPublisher(bytes, offset, length);
    } else {
      int compressed = gzip.compress(bytes, offset, length);
      body = new ArrayPublisher(gzip.bytes(), 0, compressed);
    }
    Exchange exchange = new Exchange(body, target, settings.timeoutMs(), this::end);
    if (!underWay.compareAndSet(null, exchange)) {
      throw new IllegalStateException("Another request is under way: uri=" + uri());
    }
    CompletableFuture<Answer> answer = exchange.start(client.get(), template.copy(), executor);
    if (isClosed) {
      exchange.close();
    }
    return answer;
  }

  private void end(Exchange exchange) {
    if (gzip != null && exchange.isBrokenOff()) {
      gzip.leaveBytes();
    }
    underWay.set(null);
  }

  private Answer closed() {
    return Answer.ofFailure(Failure.CLOSED, 0, target + ": closed before it was sent");
  }

  /** Returns the address of the requests. */
  public URI uri() {
    return settings.uri();
  }

  /**
   * Cancels the request that is under way. Its future completes with {@link Failure#CLOSED}. Later
   * requests are not sent. A second call does nothing.
   */
  @Override
  public void close() {
    isClosed = true;
    Exchange exchange = underWay.get();
    if (exchange != null) {
      exchange.close();
    }
  }

  /** Returns the selector to use, or null for the client's default: that of the JVM. */
  private static @Nullable ProxySelector proxies(EndpointSettings settings) {
    ProxyAddress address = settings.proxy();
    if (address == null || isProxiedByJvm(settings.uri())) {
      return null;
    }
    // Not resolved here, because the name server may be unreachable now or answer differently
    // later.
    return ProxySelector.of(InetSocketAddress.createUnresolved(address.host(), address.port()));
  }

  private static boolean isProxiedByJvm(URI uri) {
    ProxySelector selector = ProxySelector.getDefault();
    if (selector == null) {
      return false;
    }
    List<Proxy> proxies = selector.select(uri);
    return !proxies.isEmpty() && proxies.get(0).type() != Proxy.Type.DIRECT;
  }

  /**
   * Creates the client's threads. Idle threads end, so no shutdown is necessary. There can be
   * several: one may wait for the name server while the next exchange begins.
   */
  private static ExecutorService newExecutor() {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_THREAD_S,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "user-events-agent-http-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static java.util.Objects.requireNonNull;

import io.userevents.agent.internal.health.HealthServer;
import io.userevents.agent.internal.health.Measure;
import io.userevents.agent.internal.health.SelfMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Receives the events of tracepoints and sends them to an OTLP/HTTP endpoint. This is the node
 * agent as a library.
 *
 * <pre>{@code
 * Forwarder forwarder =
 *     Forwarder.builder("otlp_metrics").setEndpoint("http://collector:4318").start();
 * ...
 * forwarder.close(Duration.ofSeconds(10));
 * }</pre>
 *
 * <p>An event already consists of one or more OTLP requests. The agent therefore does not decode
 * events; it concatenates the bytes of many events to one request. Events of one process arrive in
 * their order. An event arrives once, unless its request failed without an answer. Such a request
 * is sent again, as OTLP allows, and its events may arrive twice.
 *
 * <p><b>Threads.</b> A forwarder starts two threads, a reader and a dispatcher. The HTTP client has
 * further threads. A slow endpoint or a slow disk never prevents the reader from taking events out
 * of the kernel's buffers. Any thread may call any method.
 *
 * <p><b>Loss.</b> {@link #statistics} accounts for each event that was received. Events that the
 * kernel lost are in {@link ForwarderStatistics#lostByKernel}.
 *
 * @since 0.1.0
 */
public final class Forwarder implements AutoCloseable {

  /** The time for which {@link #close()} lets the agent send its remaining events. */
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

  private static final Duration MAX_GRACE = Duration.ofDays(1);

  private static final Logger LOGGER = Logger.getLogger(Forwarder.class.getName());

  /**
   * The time after which a thread counts as hanging. Both threads begin a cycle each second, but a
   * disk may hang for some seconds.
   */
  private static final long MAX_CYCLE_NS = TimeUnit.SECONDS.toNanos(60);

  private final EventSource source;
  private final Reader reader;
  private final Dispatcher dispatcher;
  private final Accounts accounts;
  private final BatchPool pool;
  private final Overflow overflow;
  private final URI endpoint;
  private final EndpointState endpointState;
  private final long spoolLimitBytes;
  private final Thread readerThread;
  private final Thread dispatcherThread;
  private final AtomicBoolean isClosing = new AtomicBoolean();
  private final @Nullable HealthServer health;

  Forwarder(ForwarderBuilder.Parts parts) throws IOException {
    source = parts.source();
    accounts = parts.accounts();
    pool = parts.pool();
    overflow = parts.overflow();
    endpoint = parts.endpoint().uri();
    endpointState = new EndpointState(endpoint, overflow.description(), parts.backoff());
    spoolLimitBytes = parts.spoolLimitBytes();
    SelfMetrics metrics = new SelfMetrics(parts.selfAttributes(), System.currentTimeMillis());
    dispatcher =
        new Dispatcher(
            parts.endpoint(),
            pool,
            accounts,
            overflow,
            new SelfReports(
                parts.selfInterval(), () -> metrics.encode(measures(), System.currentTimeMillis())),
            endpointState);
    reader =
        new Reader(
            source,
            pool,
            accounts,
            parts.readerOptions(),
            dispatcher::add,
            dispatcher::readerEnded);
    readerThread = thread(reader, "user-events-reader");
    dispatcherThread = thread(dispatcher, "user-events-dispatcher");
    health = startHealth(parts.healthAddress());
    startThreads();
    LOGGER.log(
        Level.INFO,
        "forwarding {0} to {1}; events that cannot be sent wait {2}",
        new Object[] {source, endpoint, overflow.description()});
  }

  /**
   * {@return a builder of an agent for events of these names, for example {@code otlp_metrics}}
   *
   * @param eventNames names of the events
   * @throws IllegalArgumentException if there is no name, a name occurs twice, or no event can have
   *     such a name
   */
  public static ForwarderBuilder builder(String... eventNames) {
    return new ForwarderBuilder(List.of(eventNames));
  }

  private void startThreads() {
    boolean isStarted = false;
    try {
      readerThread.start();
      dispatcherThread.start();
      isStarted = true;
    } finally {
      if (!isStarted) {
        // There may be no memory for a thread. The reader ends when its source is closed.
        isClosing.set(true);
        reader.stop();
        if (health != null) {
          health.close();
        }
      }
    }
  }

  private @Nullable HealthServer startHealth(@Nullable InetSocketAddress address)
      throws IOException {
    if (address == null) {
      return null;
    }
    try {
      return new HealthServer(address, new Health());
    } catch (IOException e) {
      throw new IOException(
          "cannot answer health requests at "
              + address
              + ": "
              + e.getMessage()
              + "; take another address or port",
          e);
    }
  }

  private static Thread thread(Runnable runnable, String name) {
    Thread thread = new Thread(runnable, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * {@return the counters of this agent: the events received so far and their outcomes} Makes a few
   * system calls for each CPU.
   */
  public ForwarderStatistics statistics() {
    EventSource.Losses losses = source.losses();
    return accounts.snapshot(
        new ForwarderStatistics.Surroundings(
            losses.lostByKernel(),
            losses.notHandedOut(),
            losses.interruptions(),
            reader.renamedAttributes(),
            overflow.bytes(),
            spoolLimitBytes,
            pool.takenBytes(),
            endpointState.isKnown(),
            endpointState.isUp(),
            endpointState.lastSentMs()));
  }

  /** {@return the address to which the metrics are sent} */
  public URI endpoint() {
    return endpoint;
  }

  /**
   * {@return the address of {@code /ready}, {@code /live} and {@code /metrics}, or empty if no
   * health address was set}
   */
  public Optional<InetSocketAddress> healthAddress() {
    return Optional.ofNullable(health).map(HealthServer::address);
  }

  /**
   * {@return the reason why the agent no longer works, or an empty text while it works} After a
   * failure, you must start a new agent.
   */
  public String failure() {
    if (isClosing.get()) {
      return "";
    }
    if (reader.isEnded()) {
      return "the reader has ended; see the log";
    }
    if (dispatcher.isEnded()) {
      return "the dispatcher has ended; see the log";
    }
    return "";
  }

  /** Closes the agent with {@link #DEFAULT_GRACE}; see {@link #close(Duration)}. */
  @Override
  public void close() {
    close(DEFAULT_GRACE);
  }

  /**
   * Stops receiving, reads the events that are in the kernel's buffers, and sends them. Events that
   * are not sent within the time go to the spool. Without a spool, they are counted as {@link
   * Outcome#SHUTDOWN}. Batches that are already in the spool stay there for the next agent. An
   * interrupt shortens the time. A second call does nothing.
   *
   * @param grace how long to wait for the endpoint, 0 to 1 day
   */
  public void close(Duration grace) {
    requireNonNull(grace, "grace");
    if (!isClosing.compareAndSet(false, true)) {
      return;
    }
    long startNs = System.nanoTime();
    reader.stop();
    boolean isInterrupted = join(readerThread);
    long graceNs = grace.compareTo(MAX_GRACE) > 0 ? MAX_GRACE.toNanos() : grace.toNanos();
    long leftNs = isInterrupted ? 0 : graceNs - (System.nanoTime() - startNs);
    dispatcher.close(Math.max(0, leftNs));
    if (join(dispatcherThread)) {
      dispatcher.close(0);
      isInterrupted = true;
    }
    source.close();
    if (health != null) {
      health.close();
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for the end of a thread whose work is finite. Returns whether the wait was interrupted.
   */
  private static boolean join(Thread thread) {
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(1));
      } catch (InterruptedException e) {
        return true;
      }
    }
    return isInterrupted;
  }

  private List<Measure> measures() {
    return ForwarderMeasures.of(statistics());
  }

  private final class Health implements HealthServer.Subject {

    @Override
    public String whyNotReady() {
      return isClosing.get() ? "the agent is ending" : failure();
    }

    @Override
    public String whyNotLive() {
      long nowNs = System.nanoTime();
      if (!failure().isEmpty()) {
        return failure();
      }
      if (nowNs - reader.lastCycleNs() > MAX_CYCLE_NS) {
        return "the reader has not begun a cycle for 60 s";
      }
      if (nowNs - dispatcher.lastCycleNs() > MAX_CYCLE_NS) {
        return "the dispatcher has not begun a cycle for 60 s; the disk of the spool may hang";
      }
      return "";
    }

    @Override
    public List<Measure> measures() {
      List<Measure> measures = new ArrayList<>(Forwarder.this.measures());
      measures.add(ForwarderMeasures.processStart());
      return measures;
    }
  }

  @Override
  public String toString() {
    return "Forwarder{source=" + source + ", endpoint=" + endpoint + "}";
  }
}

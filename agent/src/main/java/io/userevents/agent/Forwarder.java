// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static java.util.Objects.requireNonNull;

import io.userevents.agent.internal.health.HealthServer;
import io.userevents.agent.internal.health.Measure;
import io.userevents.agent.internal.health.SelfMetrics;
import io.userevents.agent.internal.spool.PreviousRun;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
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

  static final String READER_THREAD = "user-events-reader";
  static final String DISPATCHER_THREAD = "user-events-dispatcher";

  private static final Duration MAX_GRACE = Duration.ofDays(1);

  private static final Logger LOGGER = Logger.getLogger(Forwarder.class.getName());

  /**
   * The time after the grace time for which {@link #close} waits for a thread that must end by
   * itself. The reader's last reads and the dispatcher's last writes to the disk take up to some
   * seconds. Both waits together are shorter than the margin of the systemd unit.
   */
  static final Duration END_MARGIN = Duration.ofSeconds(8);

  private final EventSource source;
  private final Reader reader;
  private final Dispatcher dispatcher;
  private final Accounts accounts;
  private final BatchPool pool;
  private final Overflow overflow;
  private final URI endpoint;
  private final EndpointState endpointState;
  private final long spoolLimitBytes;
  private final @Nullable PreviousRun previousRun;
  private final long endMarginNs;
  private final LongSupplier nanoClock;
  private final Thread readerThread;
  private final Thread dispatcherThread;
  private final AtomicBoolean isClosing = new AtomicBoolean();
  private volatile String failureAtEnd = "";
  private final @Nullable HealthServer health;

  Forwarder(ForwarderBuilder.Parts parts) throws IOException {
    source = parts.source();
    accounts = parts.accounts();
    pool = parts.pool();
    overflow = parts.overflow();
    endpoint = parts.endpoint().uri();
    endpointState = new EndpointState(endpoint, overflow.description(), parts.backoff());
    spoolLimitBytes = parts.spoolLimitBytes();
    previousRun = parts.previousRun();
    endMarginNs = parts.endMargin().toNanos();
    nanoClock = parts.nanoClock();
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
    readerThread = thread(reader, READER_THREAD);
    dispatcherThread = thread(dispatcher, DISPATCHER_THREAD);
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
      return new HealthServer(
          address,
          new ForwarderHealth(
              new ForwarderHealth.Subject() {
                @Override
                public boolean isEnding() {
                  return isClosing.get();
                }

                @Override
                public String failure() {
                  return Forwarder.this.failure();
                }

                @Override
                public ForwarderStatistics.Ages ages() {
                  return Forwarder.this.ages();
                }
              },
              this::measures));
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
    return accounts.snapshot(
        new ForwarderStatistics.Surroundings(
            source.losses(),
            reader.counts(),
            new ForwarderStatistics.Places(
                overflow.bytes(), spoolLimitBytes, pool.takenBytes(), pool.bytes()),
            new ForwarderStatistics.Endpoint(
                endpointState.isKnown(), endpointState.isUp(), endpointState.lastSentMs()),
            ages(),
            previousRun));
  }

  private ForwarderStatistics.Ages ages() {
    long nowNs = nanoClock.getAsLong();
    return new ForwarderStatistics.Ages(
        Math.max(0, nowNs - reader.lastCycleNs()), Math.max(0, nowNs - dispatcher.lastCycleNs()));
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
   * failure, you must start a new agent. After {@link #close(Duration)}, it is the reason why the
   * agent did not end in order, so that its accounts may lack events, or an empty text if it did.
   */
  public String failure() {
    if (isClosing.get()) {
      return failureAtEnd;
    }
    if (reader.isEnded()) {
      return "the reader has ended; see the log";
    }
    if (dispatcher.isEnded()) {
      return "the dispatcher has ended; see the log";
    }
    return "";
  }

  /** Returns whether both threads have ended. After a hang this may be later than the closing. */
  boolean isEnded() {
    return !readerThread.isAlive() && !dispatcherThread.isAlive();
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
   * <p>If a disk hangs, this method returns up to 16 s after the grace time nevertheless, and
   * {@link #failure} has the reason.
   *
   * @param grace how long to wait for the endpoint, 0 to 1 day
   */
  public void close(Duration grace) {
    requireNonNull(grace, "grace");
    if (!isClosing.compareAndSet(false, true)) {
      return;
    }
    long graceNs = grace.compareTo(MAX_GRACE) > 0 ? MAX_GRACE.toNanos() : grace.toNanos();
    long graceEndNs = System.nanoTime() + graceNs;
    reader.stop();
    boolean isInterrupted = join(readerThread, graceEndNs + endMarginNs);
    boolean isReaderHanging = !isInterrupted && readerThread.isAlive();
    dispatcher.close(isInterrupted ? 0 : Math.max(0, graceEndNs - System.nanoTime()));
    long limitNs = Math.max(graceEndNs, System.nanoTime()) + endMarginNs;
    if (join(dispatcherThread, limitNs)) {
      dispatcher.close(0);
      isInterrupted = true;
    }
    boolean isDispatcherHanging = !isInterrupted && dispatcherThread.isAlive();
    if (!dispatcherThread.isAlive()) {
      accounts.loseMemory();
    }
    failureAtEnd = failureAtEnd(isReaderHanging, isDispatcherHanging);
    // A call that hangs in the source might hold up its end as well.
    if (!isReaderHanging) {
      source.close();
    }
    if (health != null) {
      health.close();
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private String failureAtEnd(boolean isReaderHanging, boolean isDispatcherHanging) {
    if (isReaderHanging) {
      return "the reader hangs and was left behind; events in the kernel's buffers are lost";
    }
    if (isDispatcherHanging) {
      return "the dispatcher hangs and was left behind, probably in a write to the disk of the"
          + " spool; events that are counted as in_memory are lost unless it completes";
    }
    if (reader.isBroken()) {
      return "the reader has failed; see the log";
    }
    return dispatcher.isBroken() ? "the dispatcher has failed; see the log" : "";
  }

  /** Waits for the end of a thread, or until a time. Returns whether the wait was interrupted. */
  private static boolean join(Thread thread, long limitNs) {
    long leftNs = limitNs - System.nanoTime();
    while (thread.isAlive() && leftNs > 0) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, leftNs);
      } catch (InterruptedException e) {
        return true;
      }
      leftNs = limitNs - System.nanoTime();
    }
    return false;
  }

  private List<Measure> measures() {
    return ForwarderMeasures.of(statistics());
  }

  @Override
  public String toString() {
    return "Forwarder{source=" + source + ", endpoint=" + endpoint + "}";
  }
}

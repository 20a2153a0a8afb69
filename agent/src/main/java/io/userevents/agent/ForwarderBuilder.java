// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static java.util.Objects.requireNonNull;

import io.userevents.agent.internal.http.Backoff;
import io.userevents.agent.internal.http.Compression;
import io.userevents.agent.internal.http.EndpointSettings;
import io.userevents.agent.internal.http.EndpointSettingsBuilder;
import io.userevents.agent.internal.http.OtlpEndpoint;
import io.userevents.agent.internal.process.ProcessFilter;
import io.userevents.agent.internal.spool.Spool;
import io.userevents.agent.internal.spool.SpoolSettings;
import io.userevents.listener.Source;
import io.userevents.listener.TracepointListener;
import io.userevents.listener.TracepointListenerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Configures a {@link Forwarder}. Not thread-safe. */
public final class ForwarderBuilder {

  /** Bytes of a request at most, unless set. */
  public static final int DEFAULT_BATCH_BYTES = 1 << 20;

  /** How long an event waits for others at most, unless set. */
  public static final Duration DEFAULT_BATCH_DELAY = Duration.ofSeconds(1);

  /** Memory for batches, unless set. */
  public static final long DEFAULT_MEMORY_BYTES = 64L << 20;

  /** How often the agent sends metrics of itself, unless set. */
  public static final Duration DEFAULT_SELF_METRICS_INTERVAL = Duration.ofSeconds(60);

  /** An event of 64 KiB has to fit in with its attributes. */
  private static final int MIN_BATCH_BYTES = 128 << 10;

  private static final int MAX_BATCH_BYTES = 64 << 20;
  private static final Duration MAX_DELAY = Duration.ofHours(1);

  /** For the reader, the dispatcher, and one each that waits on either side. */
  private static final int MIN_BATCHES = 4;

  /** The batch that is read from the spool, and the compressed request. */
  private static final int OTHER_BATCHES = 2;

  private final List<String> eventNames;
  private final TracepointListenerBuilder listener;
  private final EndpointSettingsBuilder endpoint = EndpointSettings.builder();
  private int batchBytes = DEFAULT_BATCH_BYTES;
  private Duration batchDelay = DEFAULT_BATCH_DELAY;
  private long memoryBytes = DEFAULT_MEMORY_BYTES;
  private @Nullable Path spoolFolder;
  private final SpoolSettings.Builder spool = SpoolSettings.builder();
  private boolean isAttributing = true;
  private String hostName = HostName.ofThisMachine();
  private final Set<Integer> pids = new LinkedHashSet<>();
  private final Set<Long> userIds = new LinkedHashSet<>();
  private final Set<String> containerIds = new LinkedHashSet<>();
  private final Set<String> processNames = new LinkedHashSet<>();
  private final List<String> metricPrefixes = new ArrayList<>();
  private Duration selfInterval = DEFAULT_SELF_METRICS_INTERVAL;
  private @Nullable InetSocketAddress healthAddress;

  /** Opens what events come from. */
  @FunctionalInterface
  interface SourceOpener {

    EventSource open() throws IOException;
  }

  /** All that an agent consists of. */
  record Parts(
      EventSource source,
      OtlpEndpoint endpoint,
      BatchPool pool,
      Accounts accounts,
      Overflow overflow,
      ReaderOptions readerOptions,
      Map<String, String> selfAttributes,
      Duration selfInterval,
      Backoff backoff,
      long spoolLimitBytes,
      @Nullable InetSocketAddress healthAddress) {}

  ForwarderBuilder(List<String> eventNames) {
    this.eventNames = List.copyOf(eventNames);
    listener = TracepointListener.builder(eventNames.toArray(String[]::new));
    String version = Forwarder.class.getPackage().getImplementationVersion();
    if (version != null) {
      endpoint.setUserAgent(EndpointSettingsBuilder.DEFAULT_USER_AGENT + "/" + version);
    }
  }

  /** Sets by what to receive. Default: {@link Source#AUTO}. */
  public ForwarderBuilder setSource(Source source) {
    listener.setSource(source);
    return this;
  }

  /**
   * Sets the kernel's memory for each CPU; see {@link TracepointListenerBuilder#setBufferSizeKb}.
   */
  public ForwarderBuilder setBufferSizeKb(int bufferSizeKb) {
    listener.setBufferSizeKb(bufferSizeKb);
    return this;
  }

  /**
   * Takes over variables as OpenTelemetry's exporters know them: {@code
   * OTEL_EXPORTER_OTLP_ENDPOINT}, {@code _HEADERS}, {@code _TIMEOUT}, {@code _COMPRESSION}, {@code
   * _CERTIFICATE}, {@code _CLIENT_CERTIFICATE}, {@code _CLIENT_KEY}, {@code _PROTOCOL}, those with
   * {@code METRICS_} that win over them, and {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code
   * NO_PROXY}. What a setter sets wins over all.
   */
  public ForwarderBuilder setEnvironment(Map<String, String> environment) {
    endpoint.setEnvironment(environment);
    return this;
  }

  /**
   * Sets where to send. A URL without a path means {@code /v1/metrics} there; another one is used
   * as it is. Default: {@value EndpointSettings#DEFAULT_URL}.
   */
  public ForwarderBuilder setEndpoint(String url) {
    endpoint.setUrl(url);
    return this;
  }

  /** Adds a header to each request. Its value is in no log line. */
  public ForwarderBuilder addHeader(String name, String value) {
    endpoint.addHeader(name, value);
    return this;
  }

  /** Sets whether requests are compressed by gzip. Default: false. */
  public ForwarderBuilder setCompressed(boolean isCompressed) {
    endpoint.setCompression(isCompressed ? Compression.GZIP : Compression.NONE);
    return this;
  }

  /**
   * Sets how long a request and its answer may take together.
   *
   * @param timeout 1 ms to 1 h; default 10 s
   */
  public ForwarderBuilder setTimeout(Duration timeout) {
    endpoint.setTimeoutMs(timeout.toMillis());
    return this;
  }

  /** Sets a PEM file of the certificates to trust in place of the JVM's. */
  public ForwarderBuilder setCertificate(Path file) {
    endpoint.setCertificate(file);
    return this;
  }

  /** Sets PEM files of the certificate and the key that the agent shows to the endpoint. */
  public ForwarderBuilder setClientCertificate(Path certificate, Path key) {
    endpoint.setClientCertificate(certificate);
    endpoint.setClientKey(key);
    return this;
  }

  /**
   * Sets how many bytes of events a request has at most, before compression.
   *
   * @param batchBytes 131,072 to 67,108,864; default {@value #DEFAULT_BATCH_BYTES}
   */
  public ForwarderBuilder setBatchBytes(int batchBytes) {
    if (batchBytes < MIN_BATCH_BYTES || batchBytes > MAX_BATCH_BYTES) {
      throw new IllegalArgumentException(
          "batchBytes must be "
              + MIN_BATCH_BYTES
              + " to "
              + MAX_BATCH_BYTES
              + ": batchBytes="
              + batchBytes);
    }
    this.batchBytes = batchBytes;
    return this;
  }

  /**
   * Sets how long an event waits for others at most.
   *
   * @param batchDelay 0 to 1 h; default 1 s
   */
  public ForwarderBuilder setBatchDelay(Duration batchDelay) {
    this.batchDelay = requireRange("batchDelay", batchDelay);
    return this;
  }

  /**
   * Sets how much memory batches may take: those that fill up, wait, are sent, and are read from
   * the spool. The JVM and the kernel's buffers come on top.
   *
   * @param memoryBytes room for 6 batches at least; default {@value #DEFAULT_MEMORY_BYTES}
   */
  public ForwarderBuilder setMemoryBytes(long memoryBytes) {
    this.memoryBytes = memoryBytes;
    return this;
  }

  /**
   * Sets the folder to which batches go while the endpoint is away. It is made if it is not there.
   * Without one, batches wait in memory, and the oldest are dropped when it is full.
   */
  public ForwarderBuilder setSpool(Path folder) {
    this.spoolFolder = requireNonNull(folder, "folder");
    return this;
  }

  /** Sets how many bytes the spool's files have at most. Default: 1 GiB. */
  public ForwarderBuilder setSpoolMaxBytes(long maxBytes) {
    spool.setMaxBytes(maxBytes);
    return this;
  }

  /** Sets after how long a spooled event is dropped. Default: 24 h. */
  public ForwarderBuilder setSpoolMaxAge(Duration maxAge) {
    spool.setMaxAge(maxAge);
    return this;
  }

  /**
   * Sets whether each batch is forced to the disk. If not, a killed agent loses nothing of the
   * spool, but a machine that crashes may lose the last seconds. Default: false.
   */
  public ForwarderBuilder setSpoolSynced(boolean isSynced) {
    spool.setSync(isSynced ? SpoolSettings.Sync.BATCH : SpoolSettings.Sync.NEVER);
    return this;
  }

  /**
   * Sets whether resource attributes say what the kernel knows of the process: {@code
   * user_events.process.pid} and others. Default: true.
   */
  public ForwarderBuilder setAttribution(boolean isAttributing) {
    this.isAttributing = isAttributing;
    return this;
  }

  /** Sets the attribute {@code user_events.host.name}. Default: the kernel's host name. */
  public ForwarderBuilder setHostName(String hostName) {
    this.hostName = requireNonNull(hostName, "hostName");
    return this;
  }

  /** Keeps the events of this process, and of others that are named like this. */
  public ForwarderBuilder addPid(int pid) {
    pids.add(pid);
    return this;
  }

  /** Keeps the events of this user's processes, and of others that are named like this. */
  public ForwarderBuilder addUserId(long userId) {
    userIds.add(userId);
    return this;
  }

  /** Keeps the events of this container: its id, or the first characters of it. */
  public ForwarderBuilder addContainerId(String containerId) {
    containerIds.add(containerId);
    return this;
  }

  /** Keeps the events of processes with this name: the kernel's, or the program's file name. */
  public ForwarderBuilder addProcessName(String processName) {
    processNames.add(processName);
    return this;
  }

  /** Keeps the metrics whose names begin with this. */
  public ForwarderBuilder addMetricPrefix(String prefix) {
    metricPrefixes.add(prefix);
    return this;
  }

  /**
   * Sets how often the agent sends metrics of itself.
   *
   * @param interval 0 to 1 h; 0 sends none. Default: 60 s
   */
  public ForwarderBuilder setSelfMetricsInterval(Duration interval) {
    this.selfInterval = requireRange("interval", interval);
    return this;
  }

  /** Sets where the agent tells its health over HTTP. Default: nowhere. */
  public ForwarderBuilder setHealthAddress(InetSocketAddress address) {
    this.healthAddress = requireNonNull(address, "address");
    return this;
  }

  /**
   * Attaches to the tracepoints and begins to send.
   *
   * @throws IOException if the kernel refuses, a certificate or the spool cannot be read, another
   *     agent has the spool, or the address of the health is taken; nothing is left behind but the
   *     spool's folder
   * @throws IllegalArgumentException if the memory is too small for the batches
   */
  public Forwarder start() throws IOException {
    return start(() -> new ListenerSource(listener.open()));
  }

  /** Begins to send the events of a source, which comes last, as it has applications export. */
  Forwarder start(SourceOpener opener) throws IOException {
    int batches = batches();
    EndpointSettings settings = endpoint.build();
    SpoolSettings spoolSettings = spool.build();
    OtlpEndpoint client = OtlpEndpoint.create(settings);
    Spool disk = null;
    EventSource events = null;
    boolean isStarted = false;
    try {
      disk = spoolFolder == null ? null : Spool.open(spoolFolder, spoolSettings);
      if (disk != null && disk.maxBatchBytes() < Batch.memoryBytes(batchBytes)) {
        throw new IllegalArgumentException(
            "the spool must have room for a batch: spoolMaxBytes="
                + spoolSettings.maxBytes()
                + ", batchBytes="
                + batchBytes);
      }
      Accounts accounts = new Accounts();
      Overflow overflow = new Overflow(disk, String.valueOf(spoolFolder), accounts);
      events = opener.open();
      Forwarder forwarder =
          new Forwarder(
              new Parts(
                  events,
                  client,
                  new BatchPool(batches, batchBytes),
                  accounts,
                  overflow,
                  new ReaderOptions(
                      new ProcessFilter(pids, userIds, containerIds, processNames),
                      List.copyOf(metricPrefixes),
                      isAttributing,
                      hostName,
                      batchDelay),
                  Map.of("service.name", "user-events-agent", "host.name", hostName),
                  selfInterval,
                  new Backoff(),
                  disk == null ? 0 : spoolSettings.maxBytes(),
                  healthAddress));
      isStarted = true;
      return forwarder;
    } finally {
      if (!isStarted) {
        close(events);
        close(disk);
        client.close();
      }
    }
  }

  private static void close(@Nullable AutoCloseable part) {
    if (part == null) {
      return;
    }
    try {
      part.close();
    } catch (Exception e) {
      // What made the start fail is told; this follows from it.
      System.getLogger(Forwarder.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot close after a failure", e);
    }
  }

  private int batches() {
    long batches = memoryBytes / Batch.memoryBytes(batchBytes) - OTHER_BATCHES;
    if (batches < MIN_BATCHES) {
      throw new IllegalArgumentException(
          "memoryBytes must have room for "
              + (MIN_BATCHES + OTHER_BATCHES)
              + " batches: memoryBytes="
              + memoryBytes
              + ", batchBytes="
              + batchBytes);
    }
    return (int) Math.min(batches, Integer.MAX_VALUE);
  }

  private static Duration requireRange(String name, Duration duration) {
    if (duration.isNegative() || duration.compareTo(MAX_DELAY) > 0) {
      throw new IllegalArgumentException(
          name + " must be 0 to " + MAX_DELAY + ": " + name + "=" + duration);
    }
    return duration;
  }

  @Override
  public String toString() {
    return "ForwarderBuilder{eventNames=" + eventNames + ", batchBytes=" + batchBytes + "}";
  }
}

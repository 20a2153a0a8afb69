// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static java.util.Objects.requireNonNull;

import io.userevents.agent.internal.http.Backoff;
import io.userevents.agent.internal.http.Compression;
import io.userevents.agent.internal.http.EndpointException;
import io.userevents.agent.internal.http.EndpointSettings;
import io.userevents.agent.internal.http.EndpointSettingsBuilder;
import io.userevents.agent.internal.http.OtlpEndpoint;
import io.userevents.agent.internal.process.ProcessFilter;
import io.userevents.agent.internal.spool.PreviousRun;
import io.userevents.agent.internal.spool.RunRecord;
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
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Configures and starts a {@link Forwarder}. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class ForwarderBuilder {

  /** The default length limit of a request, in bytes. */
  public static final int DEFAULT_BATCH_BYTES = 1 << 20;

  /** The default of the longest time that an event waits for others. */
  public static final Duration DEFAULT_BATCH_DELAY = Duration.ofSeconds(1);

  /** The default memory for batches, in bytes. */
  public static final long DEFAULT_MEMORY_BYTES = 64L << 20;

  /** The default interval at which the agent sends its own metrics. */
  public static final Duration DEFAULT_SELF_METRICS_INTERVAL = Duration.ofSeconds(60);

  /** The smallest limit. An event of 64 KiB must fit together with its attributes. */
  private static final int MIN_BATCH_BYTES = 128 << 10;

  private static final int MAX_BATCH_BYTES = 64 << 20;
  private static final Duration MAX_DELAY = Duration.ofHours(1);

  /**
   * The smallest number of batches: one for the reader, one for the dispatcher, and one that waits
   * on either side.
   */
  private static final int MIN_BATCHES = 4;

  /** The memory for the batch that is read from the spool and for the compressed request. */
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
  private SpoolOpener spoolOpener = Spool::open;
  private Duration endMargin = Forwarder.END_MARGIN;
  private LongSupplier nanoClock = System::nanoTime;

  /** Opens the source of the events. */
  @FunctionalInterface
  interface SourceOpener {

    EventSource open() throws IOException;
  }

  /** Opens the spool. */
  @FunctionalInterface
  interface SpoolOpener {

    Spool open(Path folder, SpoolSettings settings) throws IOException;
  }

  /** The parts of an agent. */
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
      @Nullable PreviousRun previousRun,
      @Nullable InetSocketAddress healthAddress,
      Duration endMargin,
      LongSupplier nanoClock) {}

  ForwarderBuilder(List<String> eventNames) {
    this.eventNames = List.copyOf(eventNames);
    listener = TracepointListener.builder(eventNames.toArray(String[]::new));
    String version = SelfReports.version();
    if (!version.isEmpty()) {
      endpoint.setUserAgent(EndpointSettingsBuilder.DEFAULT_USER_AGENT + "/" + version);
    }
  }

  /**
   * Sets the source of the events. Default: {@link Source#AUTO}.
   *
   * @param source perf, ftrace or the choice between them
   * @return this builder
   */
  public ForwarderBuilder setSource(Source source) {
    listener.setSource(source);
    return this;
  }

  /**
   * Sets the size of the kernel's buffer of each CPU; see {@link
   * TracepointListenerBuilder#setBufferSizeKb}.
   *
   * @param bufferSizeKb in KiB
   * @return this builder
   */
  public ForwarderBuilder setBufferSizeKb(int bufferSizeKb) {
    listener.setBufferSizeKb(bufferSizeKb);
    return this;
  }

  /**
   * Sets environment variables as OpenTelemetry's exporters use them: {@code
   * OTEL_EXPORTER_OTLP_ENDPOINT}, {@code _HEADERS}, {@code _TIMEOUT}, {@code _COMPRESSION}, {@code
   * _CERTIFICATE}, {@code _CLIENT_CERTIFICATE}, {@code _CLIENT_KEY}, {@code _PROTOCOL}, their
   * variants with {@code METRICS_}, which take precedence, and {@code HTTPS_PROXY}, {@code
   * HTTP_PROXY} and {@code NO_PROXY}. A value that is set with a setter takes precedence over all
   * variables.
   *
   * @param environment names and values of the variables
   * @return this builder
   */
  public ForwarderBuilder setEnvironment(Map<String, String> environment) {
    endpoint.setEnvironment(environment);
    return this;
  }

  /**
   * Sets the URL of the endpoint. {@code /v1/metrics} is appended to a URL without a path. A URL
   * with a path is used unchanged. Default: {@value EndpointSettings#DEFAULT_URL}.
   *
   * @param url of the endpoint, beginning with {@code http://} or {@code https://}
   * @return this builder
   */
  public ForwarderBuilder setEndpoint(String url) {
    endpoint.setUrl(url);
    return this;
  }

  /**
   * Adds a header to each request. Log lines never contain its value.
   *
   * @param name of the header
   * @param value of the header
   * @return this builder
   */
  public ForwarderBuilder addHeader(String name, String value) {
    endpoint.addHeader(name, value);
    return this;
  }

  /**
   * Sets whether requests are compressed with gzip. Default: false.
   *
   * @param isCompressed whether to compress
   * @return this builder
   */
  public ForwarderBuilder setCompressed(boolean isCompressed) {
    endpoint.setCompression(isCompressed ? Compression.GZIP : Compression.NONE);
    return this;
  }

  /**
   * Sets the time limit for a request and its answer together.
   *
   * @param timeout 1 ms to 1 h, or 0 for no limit; default 10 s
   * @return this builder
   */
  public ForwarderBuilder setTimeout(Duration timeout) {
    endpoint.setTimeoutMs(timeout.toMillis());
    return this;
  }

  /**
   * Sets a PEM file of the certificates to trust in place of the JVM's.
   *
   * @param file path of the PEM file
   * @return this builder
   */
  public ForwarderBuilder setCertificate(Path file) {
    endpoint.setCertificate(file);
    return this;
  }

  /**
   * Sets the PEM files of the certificate and the key with which the agent authenticates to the
   * endpoint.
   *
   * @param certificate path of the PEM file with the certificate
   * @param key path of the PEM file with the key
   * @return this builder
   */
  public ForwarderBuilder setClientCertificate(Path certificate, Path key) {
    endpoint.setClientCertificate(certificate);
    endpoint.setClientKey(key);
    return this;
  }

  /**
   * Sets the largest number of bytes of events in a request, before compression.
   *
   * @param batchBytes 131,072 to 67,108,864; default {@value #DEFAULT_BATCH_BYTES}
   * @return this builder
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
   * Sets the longest time that an event waits for others.
   *
   * @param batchDelay 0 to 1 h; default 1 s
   * @return this builder
   */
  public ForwarderBuilder setBatchDelay(Duration batchDelay) {
    this.batchDelay = requireRange("batchDelay", batchDelay);
    return this;
  }

  /**
   * Sets the memory of all batches: batches that fill up, wait, are sent, or are read from the
   * spool. The memory of the JVM and of the kernel's buffers is not included.
   *
   * @param memoryBytes in bytes, with room for at least 6 batches; default {@value
   *     #DEFAULT_MEMORY_BYTES}
   * @return this builder
   */
  public ForwarderBuilder setMemoryBytes(long memoryBytes) {
    this.memoryBytes = memoryBytes;
    return this;
  }

  /**
   * Sets the folder to which batches go while the endpoint cannot be reached. The folder is created
   * if it does not exist. Without a folder, batches wait in memory, and the oldest are dropped when
   * the memory is full.
   *
   * @param folder path of the spool
   * @return this builder
   */
  public ForwarderBuilder setSpool(Path folder) {
    this.spoolFolder = requireNonNull(folder, "folder");
    return this;
  }

  /**
   * Sets the largest size of the spool's files together, in bytes. Default: 1 GiB.
   *
   * @param maxBytes in bytes
   * @return this builder
   */
  public ForwarderBuilder setSpoolMaxBytes(long maxBytes) {
    spool.setMaxBytes(maxBytes);
    return this;
  }

  /**
   * Sets the age at which a spooled event is dropped. Default: 24 h.
   *
   * @param maxAge largest age of an event
   * @return this builder
   */
  public ForwarderBuilder setSpoolMaxAge(Duration maxAge) {
    spool.setMaxAge(maxAge);
    return this;
  }

  /**
   * Sets whether each batch is forced to the disk. With false, a killed agent loses nothing of the
   * spool, but a crash of the machine may lose the last seconds. Default: false.
   *
   * @param isSynced whether to force each batch to the disk
   * @return this builder
   */
  public ForwarderBuilder setSpoolSynced(boolean isSynced) {
    spool.setSync(isSynced ? SpoolSettings.Sync.BATCH : SpoolSettings.Sync.NEVER);
    return this;
  }

  /**
   * Sets whether the agent adds resource attributes with the kernel's data about the process:
   * {@code user_events.process.pid} and others. Default: true.
   *
   * @param isAttributing whether to add the attributes
   * @return this builder
   */
  public ForwarderBuilder setAttribution(boolean isAttributing) {
    this.isAttributing = isAttributing;
    return this;
  }

  /**
   * Sets the attribute {@code user_events.host.name}. Default: the kernel's host name.
   *
   * @param hostName value of the attribute
   * @return this builder
   */
  public ForwarderBuilder setHostName(String hostName) {
    this.hostName = requireNonNull(hostName, "hostName");
    return this;
  }

  /**
   * Keeps the events of this process. Repeated calls add further processes.
   *
   * @param pid id of the process
   * @return this builder
   */
  public ForwarderBuilder addPid(int pid) {
    pids.add(pid);
    return this;
  }

  /**
   * Keeps the events of this user's processes. Repeated calls add further users.
   *
   * @param userId id of the user
   * @return this builder
   */
  public ForwarderBuilder addUserId(long userId) {
    userIds.add(userId);
    return this;
  }

  /**
   * Keeps the events of this container. The text is its id, or the first characters of the id.
   *
   * @param containerId id of the container, or its first characters
   * @return this builder
   */
  public ForwarderBuilder addContainerId(String containerId) {
    containerIds.add(containerId);
    return this;
  }

  /**
   * Keeps the events of processes with this name. The name is the kernel's name of the process or
   * the file name of its program.
   *
   * @param processName name of the process or of its program
   * @return this builder
   */
  public ForwarderBuilder addProcessName(String processName) {
    processNames.add(processName);
    return this;
  }

  /**
   * Keeps the metrics whose names begin with this prefix.
   *
   * @param prefix of the names
   * @return this builder
   */
  public ForwarderBuilder addMetricPrefix(String prefix) {
    metricPrefixes.add(prefix);
    return this;
  }

  /**
   * Sets the interval at which the agent sends its own metrics.
   *
   * @param interval 0 to 1 h; 0 sends none. Default: 60 s
   * @return this builder
   */
  public ForwarderBuilder setSelfMetricsInterval(Duration interval) {
    this.selfInterval = requireRange("interval", interval);
    return this;
  }

  /**
   * Sets the address at which the agent serves its health over HTTP. Default: none.
   *
   * @param address address and port
   * @return this builder
   */
  public ForwarderBuilder setHealthAddress(InetSocketAddress address) {
    this.healthAddress = requireNonNull(address, "address");
    return this;
  }

  /** Sets the way in which the spool is opened, for tests of disks that fail or hang. */
  ForwarderBuilder setSpoolOpener(SpoolOpener spoolOpener) {
    this.spoolOpener = spoolOpener;
    return this;
  }

  /** Sets the time for which the end waits for a thread that hangs. */
  ForwarderBuilder setEndMargin(Duration endMargin) {
    this.endMargin = endMargin;
    return this;
  }

  /** Sets the clock by which the ages of the threads' cycles are measured. */
  ForwarderBuilder setNanoClock(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    return this;
  }

  /**
   * Attaches to the tracepoints and starts sending.
   *
   * @return the running agent
   * @throws IOException if the kernel refuses, a certificate or the spool cannot be read, another
   *     agent uses the spool, or the health address is in use. Nothing stays behind except the
   *     spool's folder.
   * @throws IllegalArgumentException if the memory is too small for the batches, or the URL or
   *     another value of the endpoint cannot be used, also one of the environment
   */
  public Forwarder start() throws IOException {
    return start(() -> new ListenerSource(listener.open()));
  }

  /**
   * Starts sending the events of a source. The source is opened last, because applications begin to
   * export once it is open.
   */
  Forwarder start(SourceOpener opener) throws IOException {
    int batches = batches();
    EndpointSettings settings = endpointSettings();
    SpoolSettings spoolSettings = spool.build();
    OtlpEndpoint client = OtlpEndpoint.create(settings);
    Spool disk = null;
    EventSource events = null;
    boolean isStarted = false;
    try {
      disk = spoolFolder == null ? null : spoolOpener.open(spoolFolder, spoolSettings);
      if (disk != null && disk.maxBatchBytes() < Batch.memoryBytes(batchBytes)) {
        throw new IllegalArgumentException(
            "the spool must have room for a batch: spoolMaxBytes="
                + spoolSettings.maxBytes()
                + ", batchBytes="
                + batchBytes);
      }
      Accounts accounts = new Accounts();
      RunRecord record = spoolFolder == null ? null : new RunRecord(spoolFolder);
      PreviousRun previousRun = record == null ? null : record.read();
      Overflow overflow = new Overflow(disk, record, String.valueOf(spoolFolder), accounts);
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
                  SelfReports.resource(hostName),
                  selfInterval,
                  new Backoff(),
                  disk == null ? 0 : spoolSettings.maxBytes(),
                  previousRun,
                  healthAddress,
                  endMargin,
                  nanoClock));
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
      // The failure of the start is reported. This exception follows from it.
      Logger.getLogger(Forwarder.class.getName())
          .log(Level.FINE, "cannot close after a failure", e);
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

  /** Checks the values of the endpoint. Reads no file, so each failure is that of a value. */
  private EndpointSettings endpointSettings() {
    try {
      return endpoint.build();
    } catch (EndpointException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
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

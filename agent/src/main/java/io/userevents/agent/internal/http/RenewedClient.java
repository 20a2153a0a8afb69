// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import io.userevents.agent.internal.http.EndpointSettings.FileSetting;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the client of HTTP, and replaces it when the files of certificates and key have changed, as
 * they do before a certificate expires. It looks at the files every 10 s at most. While new files
 * cannot be used, for instance since only one of two was replaced yet, it keeps the client that it
 * has.
 *
 * <p>A client that was replaced ends when the exchanges that use it have ended.
 *
 * <p>One thread at a time calls {@link #get}.
 */
final class RenewedClient {

  private static final Logger LOGGER = Logger.getLogger(RenewedClient.class.getName());
  static final long LOOK_PERIOD_NS = TimeUnit.SECONDS.toNanos(10);

  /** Tells a file from one that has taken its place; a link to another file is another file. */
  private record FileState(FileTime modified, long length, @Nullable Object key) {}

  private final EndpointSettings settings;
  private final HttpClient.Builder builder;
  private final LongSupplier nanoClock;
  private final List<Path> paths;
  private HttpClient client;
  private List<@Nullable FileState> states;
  private List<@Nullable FileState> refused = List.of();
  private long lookedNs;

  /**
   * Reads the files.
   *
   * @param builder has everything but the certificates
   * @throws EndpointException if a certificate or the key cannot be used
   */
  RenewedClient(EndpointSettings settings, HttpClient.Builder builder, LongSupplier nanoClock)
      throws EndpointException {
    this.settings = settings;
    this.builder = builder;
    this.nanoClock = nanoClock;
    paths =
        Stream.of(settings.certificate(), settings.clientCertificate(), settings.clientKey())
            .filter(Objects::nonNull)
            .map(FileSetting::path)
            .toList();
    // Before the files are read: a change in between is then seen by the next look.
    states = look();
    client = build();
  }

  /** Returns the client for the next exchange. */
  HttpClient get() {
    long nowNs = nanoClock.getAsLong();
    if (!paths.isEmpty() && nowNs - lookedNs >= LOOK_PERIOD_NS) {
      List<@Nullable FileState> found = look();
      if (!found.equals(states)) {
        renew(found);
      }
    }
    return client;
  }

  private List<@Nullable FileState> look() {
    lookedNs = nanoClock.getAsLong();
    return paths.stream().<@Nullable FileState>map(RenewedClient::state).toList();
  }

  private static @Nullable FileState state(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileState(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    } catch (IOException e) {
      // Reading the file says why.
      return null;
    }
  }

  private void renew(List<@Nullable FileState> found) {
    try {
      client = build();
      states = found;
      LOGGER.log(Level.INFO, "uses the certificates that have changed: files={0}", paths);
    } catch (EndpointException e) {
      // Each look tries again: the right to read a file may change, and its state not.
      if (!found.equals(refused)) {
        refused = found;
        LOGGER.log(
            Level.WARNING,
            "cannot use the certificates that have changed, goes on with those before: {0}",
            e.getMessage());
      }
    }
  }

  private HttpClient build() throws EndpointException {
    SSLContext context = TlsContext.create(settings);
    if (context != null) {
      builder.sslContext(context);
    }
    return builder.build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * Keeps the metrics of an event whose names begin with one of several prefixes. It removes
 * ScopeMetrics and ResourceMetrics that become empty, and the scopes of versions before 1.0. It
 * reads names and lengths, but no points.
 *
 * <p>Not thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class MetricFilter {

  private final byte[][] prefixes;
  private final Fields request = new Fields();
  private final Fields resourceMetrics = new Fields();
  private final Fields scopeMetrics = new Fields();
  private final Fields metric = new Fields();
  private final Scratch scope = new Scratch();
  private final Scratch resource = new Scratch();
  private boolean isMalformed;
  private int keptMetrics;
  private int removedOfEvent;
  private long removedMetrics;

  /**
   * Creates a filter for names that begin with any of the prefixes. There must be at least one
   * prefix.
   */
  public MetricFilter(List<String> prefixes) {
    if (prefixes.isEmpty()) {
      throw new IllegalArgumentException("there must be a prefix: prefixes=" + prefixes);
    }
    this.prefixes = prefixes.stream().map(prefix -> prefix.getBytes(UTF_8)).toArray(byte[][]::new);
  }

  /**
   * Writes the event with only the metrics that are kept.
   *
   * @param event the array in which {@code length} bytes from {@code offset} on are the event
   * @param target an array that is at least as long as the event
   * @return the number of bytes that are kept, 0 if no metric is kept, or {@link
   *     EventCopier#MALFORMED}
   */
  public int filter(byte[] event, int offset, int length, byte[] target) {
    isMalformed = false;
    keptMetrics = 0;
    removedOfEvent = 0;
    int position = 0;
    request.wrap(event, offset, offset + length);
    while (request.next()) {
      if (request.isMessage(OtlpFields.REQUEST_RESOURCE_METRICS)) {
        int before = keptMetrics;
        keepOfResource(event, request.valueStart(), request.valueEnd());
        if (keptMetrics > before) {
          position =
              resource.writeTo(
                  target, position, OtlpFields.tag(OtlpFields.REQUEST_RESOURCE_METRICS));
        }
      }
    }
    if (isMalformed || request.isMalformed()) {
      return EventCopier.MALFORMED;
    }
    removedMetrics += removedOfEvent;
    return position;
  }

  /**
   * Returns the number of metrics that were removed, also from events of which nothing is kept. A
   * metric counts once for each event that has it.
   */
  public long removedMetrics() {
    return removedMetrics;
  }

  private void keepOfResource(byte[] event, int start, int end) {
    resource.reset(end - start);
    resourceMetrics.wrap(event, start, end);
    while (resourceMetrics.next()) {
      if (resourceMetrics.number() == RequestSchema.DEPRECATED_SCOPE_METRICS) {
        continue;
      }
      if (!resourceMetrics.isMessage(OtlpFields.RESOURCE_METRICS_SCOPE_METRICS)) {
        resource.append(event, resourceMetrics.fieldStart(), resourceMetrics.valueEnd());
        continue;
      }
      int before = keptMetrics;
      keepOfScope(event, resourceMetrics.valueStart(), resourceMetrics.valueEnd());
      if (keptMetrics > before) {
        resource.append(scope, OtlpFields.tag(OtlpFields.RESOURCE_METRICS_SCOPE_METRICS));
      }
    }
    isMalformed |= resourceMetrics.isMalformed();
  }

  private void keepOfScope(byte[] event, int start, int end) {
    scope.reset(end - start);
    scopeMetrics.wrap(event, start, end);
    while (scopeMetrics.next()) {
      boolean isMetric = scopeMetrics.isMessage(OtlpFields.SCOPE_METRICS_METRICS);
      if (isMetric && !isKept(event, scopeMetrics.valueStart(), scopeMetrics.valueEnd())) {
        removedOfEvent++;
        continue;
      }
      if (isMetric) {
        keptMetrics++;
      }
      scope.append(event, scopeMetrics.fieldStart(), scopeMetrics.valueEnd());
    }
    isMalformed |= scopeMetrics.isMalformed();
  }

  /** If a message has several names, protobuf uses the last one. */
  private boolean isKept(byte[] event, int start, int end) {
    boolean isKept = false;
    metric.wrap(event, start, end);
    while (metric.next()) {
      if (metric.isMessage(OtlpFields.METRIC_NAME)) {
        isKept = hasPrefix(event, metric.valueStart(), metric.valueEnd());
      }
    }
    isMalformed |= metric.isMalformed();
    return isKept;
  }

  private boolean hasPrefix(byte[] event, int start, int end) {
    for (byte[] prefix : prefixes) {
      if (startsWith(event, start, end, prefix)) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsWith(byte[] event, int start, int end, byte[] prefix) {
    if (end - start < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (event[start + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /** The body of a message whose length is known only at its end. */
  private static final class Scratch {
    private byte[] bytes = {};
    private int length;

    /** A rewritten length never takes more bytes than the original one. */
    void reset(int maxLength) {
      if (bytes.length < maxLength) {
        bytes = new byte[maxLength];
      }
      length = 0;
    }

    void append(byte[] source, int start, int end) {
      System.arraycopy(source, start, bytes, length, end - start);
      length += end - start;
    }

    void append(Scratch message, byte tag) {
      length = message.writeTo(bytes, length, tag);
    }

    int writeTo(byte[] target, int offset, byte tag) {
      target[offset] = tag;
      int position = Varint.write(length, target, offset + 1);
      System.arraycopy(bytes, 0, target, position, length);
      return position + length;
    }
  }
}

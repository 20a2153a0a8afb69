// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.OtlpFields.TAG_LENGTH;

import org.agrona.DirectBuffer;

/**
 * Puts encoded points into a record and knows, before it does, how long the record will be.
 *
 * <p>A record is four levels of messages deep: ResourceMetrics, ScopeMetrics, Metric, and the
 * message of the metric's kind, which holds the points. At each level at most one message is open,
 * the one that the next point goes into; all before it are closed and of known length. So the
 * length of the record with one more point takes one addition per level.
 *
 * <p>A message is opened, with the envelope of its level, by the first point that goes into it. Not
 * thread-safe.
 */
final class RecordPacker {

  static final int RESOURCE = 0;
  static final int SCOPE = 1;
  static final int METRIC = 2;
  private static final int KIND = 3;
  private static final int LEVELS = 4;

  private final Envelope[] envelopes;
  private final FramedBytes content;
  private final ProtoWriter record;

  private final int[] openFrames = new int[LEVELS];
  private final int[] openBodyLengths = new int[LEVELS];
  private int openLevels;
  private int closedLength;
  private int points;

  /**
   * @param maxRecordLength in bytes
   */
  RecordPacker(
      int maxRecordLength, Envelope resource, Envelope scope, Envelope metric, Envelope kind) {
    this.envelopes = new Envelope[] {resource, scope, metric, kind};
    this.content = new FramedBytes(maxRecordLength);
    this.record = new ProtoWriter(maxRecordLength);
  }

  /** Points in the record so far. */
  int points() {
    return points;
  }

  /** Length in bytes that the record would have with one more point. */
  int lengthWith(int pointLength) {
    int length = pointLength;
    for (int level = KIND; level >= RESOURCE; level--) {
      boolean open = level < openLevels;
      length = framed(length + (open ? openBodyLengths[level] : envelopes[level].length()));
    }
    return closedLength + length;
  }

  /** Length in bytes of a record with nothing but one point, in a metric with this envelope. */
  int lengthAlone(Envelope metric, int pointLength) {
    int length = framed(pointLength + envelopes[KIND].length());
    length = framed(length + metric.length());
    length = framed(length + envelopes[SCOPE].length());
    return framed(length + envelopes[RESOURCE].length());
  }

  /** Adds a point. {@link #lengthWith} must have said that it fits. */
  void add(DirectBuffer buffer, int offset, int length) {
    while (openLevels < LEVELS) {
      open();
    }
    content.append(buffer, offset, length);
    openBodyLengths[KIND] += length;
    points++;
  }

  /**
   * Closes the messages of this level and below. Only then may the envelopes of these levels
   * change.
   */
  void leave(int level) {
    while (openLevels > level) {
      close();
    }
  }

  /** Leaves the metric and gives the next one this envelope. */
  void useMetricEnvelope(Envelope envelope) {
    leave(METRIC);
    envelopes[METRIC] = envelope;
  }

  /** Hands the record over, if it has points, and begins a new one. */
  void complete(RecordSink sink) {
    if (points == 0) {
      return;
    }
    leave(RESOURCE);
    record.reset();
    content.writeTo(record);
    int recordPoints = points;
    discard();
    sink.onRecord(record.buffer(), record.offset(), record.length(), recordPoints);
  }

  /** Begins a new record without handing this one over. */
  void discard() {
    content.clear();
    openLevels = 0;
    closedLength = 0;
    points = 0;
  }

  private void open() {
    Envelope envelope = envelopes[openLevels];
    openFrames[openLevels] = content.openFrame(envelope.tag());
    openBodyLengths[openLevels] = envelope.length();
    content.append(envelope.buffer(), envelope.prefixOffset(), envelope.prefixLength());
    openLevels++;
  }

  private void close() {
    openLevels--;
    Envelope envelope = envelopes[openLevels];
    content.append(envelope.buffer(), envelope.suffixOffset(), envelope.suffixLength());
    int bodyLength = openBodyLengths[openLevels];
    content.closeFrame(openFrames[openLevels], bodyLength);
    if (openLevels == RESOURCE) {
      closedLength += framed(bodyLength);
    } else {
      openBodyLengths[openLevels - 1] += framed(bodyLength);
    }
  }

  private static int framed(int bodyLength) {
    return TAG_LENGTH + ProtoWriter.varintLength(bodyLength) + bodyLength;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.OtlpFields.TAG_LENGTH;
import static io.userevents.exporter.internal.otlp.ProtoFields.framedLength;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Builds a record from its first byte to its last and knows, before a point goes in, how long the
 * record will be.
 *
 * <p>A record is four levels of messages deep: ResourceMetrics, ScopeMetrics, Metric, and the
 * message of the metric's kind, which holds the points. At each level at most one message is open,
 * the one that the next point goes into:
 *
 * <pre>
 *   | room | resource | room | scope | room | name, unit | room | point | point | ...
 *   ^ RESOURCE        ^ SCOPE        ^ METRIC            ^ KIND                 ^ position
 * </pre>
 *
 * <p>Room is left for the longest header that a message within the limit can have. When a message
 * is closed its length is known; if its header is shorter, the content of the message moves up.
 * With records below 16 KiB this is fewer than 128 bytes, moved by one.
 *
 * <p>The first point that goes into a message opens it, with the envelope of its level. This class
 * is not thread-safe.
 */
final class RecordPacker {

  static final int RESOURCE = 0;
  static final int SCOPE = 1;
  static final int METRIC = 2;
  private static final int KIND = 3;
  private static final int LEVELS = 4;

  private final int packedLength;
  private final int headerRoom;
  private final Envelope[] envelopes;
  private final UnsafeBuffer record;

  private final int[] frames = new int[LEVELS];
  private int openLevels;
  private int openSuffixesLength;
  private int position;
  private int points;

  /**
   * Creates a packer.
   *
   * @param packedLength limit in bytes of a record of several points
   * @param maxRecordLength limit in bytes of a record of one point, not below the packed length
   */
  RecordPacker(
      int packedLength,
      int maxRecordLength,
      Envelope resource,
      Envelope scope,
      Envelope metric,
      Envelope kind) {
    this.packedLength = packedLength;
    this.headerRoom = TAG_LENGTH + ProtoWriter.varintLength(maxRecordLength);
    this.envelopes = new Envelope[] {resource, scope, metric, kind};
    // Until they are closed, the messages may take more than they do in the end.
    this.record = new UnsafeBuffer(new byte[maxRecordLength + LEVELS * headerRoom]);
  }

  /** Returns the number of points in the record so far. */
  int points() {
    return points;
  }

  /**
   * Returns whether the record with one more point would be within the limit for several points.
   */
  boolean hasRoomFor(int pointLength) {
    // No header becomes longer than the room that is left for it.
    if (openLevels == LEVELS && pointLength <= packedLength - openSuffixesLength - position) {
      return true;
    }
    return lengthWith(pointLength) <= packedLength;
  }

  /** Returns the length in bytes that the record would have with one more point. */
  private int lengthWith(int pointLength) {
    int length = pointLength;
    int end = position;
    for (int level = KIND; level >= RESOURCE; level--) {
      Envelope envelope = envelopes[level];
      if (level < openLevels) {
        length = framedLength(length + end - frames[level] - headerRoom + envelope.suffixLength());
        end = frames[level];
      } else {
        length = framedLength(length + envelope.length());
      }
    }
    return end + length;
  }

  /**
   * Returns the length in bytes of a record with only one point, in a metric with this envelope.
   */
  int lengthAlone(Envelope metric, int pointLength) {
    int length = framedLength(pointLength + envelopes[KIND].length());
    length = framedLength(length + metric.length());
    length = framedLength(length + envelopes[SCOPE].length());
    return framedLength(length + envelopes[RESOURCE].length());
  }

  /**
   * Makes room for a point, which must be known to fit.
   *
   * @return where in {@link #record()} the caller must write the point
   */
  int add(int pointLength) {
    while (openLevels < LEVELS) {
      open();
    }
    int offset = position;
    position += pointLength;
    points++;
    return offset;
  }

  UnsafeBuffer record() {
    return record;
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

  boolean isUsed(int level, Envelope envelope) {
    return envelopes[level] == envelope;
  }

  /** Closes the message of this level and gives the next one this envelope. */
  void use(int level, Envelope envelope) {
    leave(level);
    envelopes[level] = envelope;
  }

  /** Passes the record to the sink if it has points, and begins a new one. */
  void complete(RecordSink sink) {
    if (points == 0) {
      return;
    }
    leave(RESOURCE);
    int recordLength = position;
    int recordPoints = points;
    discard();
    sink.onRecord(record, 0, recordLength, recordPoints);
  }

  /** Discards the record and begins a new one. */
  void discard() {
    openLevels = 0;
    openSuffixesLength = 0;
    position = 0;
    points = 0;
  }

  private void open() {
    Envelope envelope = envelopes[openLevels];
    frames[openLevels] = position;
    position = envelope.copyPrefix(record.byteArray(), position + headerRoom);
    openSuffixesLength += envelope.suffixLength();
    openLevels++;
  }

  private void close() {
    openLevels--;
    Envelope envelope = envelopes[openLevels];
    openSuffixesLength -= envelope.suffixLength();
    int end = envelope.copySuffix(record.byteArray(), position);
    int frame = frames[openLevels];
    int body = frame + headerRoom;
    int bodyLength = end - body;
    int newBody = frame + TAG_LENGTH + ProtoWriter.varintLength(bodyLength);
    if (newBody != body) {
      System.arraycopy(record.byteArray(), body, record.byteArray(), newBody, bodyLength);
    }
    ProtoFields.putHeader(record, frame, envelope.tag(), bodyLength);
    position = newBody + bodyLength;
  }
}

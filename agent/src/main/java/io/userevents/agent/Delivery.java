// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A batch on its way to the endpoint: whole at first, then, if the endpoint refuses it, in halves,
 * until the event that it refuses is alone. So one event that is not valid costs no other.
 *
 * <p>The parts follow each other, so that what is yet to be sent is always the end of the batch.
 */
final class Delivery {

  /**
   * Refusals of one batch at most: enough to find some events among 10,000. An endpoint that
   * refuses everything must not cost a request for each event.
   */
  static final int MAX_REFUSALS = 64;

  /** Events from the first to before the last. */
  private record Part(int first, int last) {}

  private final byte[] bytes;
  private final int[] ends;
  private final Deque<Part> parts = new ArrayDeque<>();
  private int refusals;

  /** A delivery of events that end where {@code ends} says. */
  Delivery(byte[] bytes, int[] ends) {
    this.bytes = bytes;
    this.ends = ends;
    parts.push(new Part(0, ends.length));
  }

  boolean isDone() {
    return parts.isEmpty();
  }

  byte[] bytes() {
    return bytes;
  }

  /** First of the events that are sent next, or are under way. */
  int firstEvent() {
    return parts.getFirst().first();
  }

  /** How many events are sent next, or are under way. */
  int events() {
    return parts.getFirst().last() - parts.getFirst().first();
  }

  /** Where their bytes begin. */
  int offset() {
    return startOf(firstEvent());
  }

  /** How many bytes they have. */
  int length() {
    return ends[parts.getFirst().last() - 1] - offset();
  }

  /** Has done with these events; the next ones follow. */
  void next() {
    parts.pop();
  }

  /** Counts a refusal; false if there were so many that what is left is not worth a request. */
  boolean refused() {
    return ++refusals <= MAX_REFUSALS;
  }

  /** Halves these events, of which there are two or more. */
  void split() {
    Part part = parts.pop();
    int middle = part.first() + (part.last() - part.first()) / 2;
    if (middle == part.first()) {
      throw new IllegalStateException("a single event cannot be halved: event=" + part.first());
    }
    parts.push(new Part(middle, part.last()));
    parts.push(new Part(part.first(), middle));
  }

  /** Halves these events until they have so many bytes at most, or until one is alone. */
  void splitTo(int maxBytes) {
    while (length() > maxBytes && events() > 1) {
      split();
    }
  }

  /** How many events are yet to be sent or under way. */
  int eventsLeft() {
    return isDone() ? 0 : ends.length - firstEvent();
  }

  private int startOf(int event) {
    return event == 0 ? 0 : ends[event - 1];
  }
}

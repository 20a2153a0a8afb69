// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A batch on its way to the endpoint. It is sent whole at first. If the endpoint refuses it, it is
 * sent in halves until the refused event is alone, so that one invalid event does not cause the
 * loss of others.
 *
 * <p>The parts follow one another, so the events that remain are always the end of the batch.
 */
final class Delivery {

  /**
   * The largest number of refusals of one batch. It is enough to find a few events among 10,000.
   * Without this limit, an endpoint that refuses everything would cost a request for each event.
   */
  static final int MAX_REFUSALS = 64;

  /** The events from {@code first} to before {@code last}. */
  private record Part(int first, int last) {}

  private final byte[] bytes;
  private final int[] ends;
  private final Deque<Part> parts = new ArrayDeque<>();
  private int refusals;

  /** Creates a delivery of events whose ends are in {@code ends}. */
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

  /** Returns the first of the events that are sent next or are under way. */
  int firstEvent() {
    return parts.getFirst().first();
  }

  /** Returns the number of events that are sent next or are under way. */
  int events() {
    return parts.getFirst().last() - parts.getFirst().first();
  }

  /** Returns the beginning of their bytes. */
  int offset() {
    return startOf(firstEvent());
  }

  /** Returns the number of their bytes. */
  int length() {
    return ends[parts.getFirst().last() - 1] - offset();
  }

  /** Completes these events and moves to the next ones. */
  void next() {
    parts.pop();
  }

  /**
   * Counts a refusal. Returns false if the limit is reached and the remaining events are not worth
   * further requests.
   */
  boolean refused() {
    return ++refusals <= MAX_REFUSALS;
  }

  /** Halves these events. There must be two or more. */
  void split() {
    Part part = parts.pop();
    int middle = part.first() + (part.last() - part.first()) / 2;
    if (middle == part.first()) {
      throw new IllegalStateException("a single event cannot be halved: event=" + part.first());
    }
    parts.push(new Part(middle, part.last()));
    parts.push(new Part(part.first(), middle));
  }

  /** Halves these events until they have at most this many bytes, or until one event is alone. */
  void splitTo(int maxBytes) {
    while (length() > maxBytes && events() > 1) {
      split();
    }
  }

  /** Returns the number of events that remain to be sent or are under way. */
  int eventsLeft() {
    return isDone() ? 0 : ends.length - firstEvent();
  }

  private int startOf(int event) {
    return event == 0 ? 0 : ends[event - 1];
  }
}

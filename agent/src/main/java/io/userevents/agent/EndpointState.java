// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.http.Answer;
import io.userevents.agent.internal.http.Backoff;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The agent's knowledge of its endpoint: whether it accepts requests, and when the next one may be
 * sent. A log line tells when it stops to accept them, and when it does so again.
 *
 * <p>The dispatcher's thread records. Any thread may call {@link #isUp}, {@link #isKnown} and
 * {@link #lastSentMs}.
 */
final class EndpointState {

  private static final Logger LOGGER = Logger.getLogger(Forwarder.class.getName());

  private final URI uri;
  private final String waitingPlace;
  private final Backoff backoff;
  private boolean isAway;
  private long retryAtNs = System.nanoTime();

  private volatile boolean isUp = true;
  private volatile boolean isKnown;
  private volatile long lastSentMs;

  /**
   * Creates the state of an endpoint of which nothing is known.
   *
   * @param waitingPlace where events wait while it accepts none, for the log line
   */
  EndpointState(URI uri, String waitingPlace, Backoff backoff) {
    this.uri = uri;
    this.waitingPlace = waitingPlace;
    this.backoff = backoff;
  }

  boolean isUp() {
    return isUp;
  }

  /** Returns whether a request was answered or has failed, so that {@link #isUp} is known. */
  boolean isKnown() {
    return isKnown;
  }

  /** Returns the time of the last accepted request, in ms since 1970; 0 if there was none. */
  long lastSentMs() {
    return lastSentMs;
  }

  /** Returns whether the last request must be sent again. */
  boolean isAway() {
    return isAway;
  }

  /** Returns the time until the next request may be sent; 0 or less if it may be sent now. */
  long waitNs(long nowNs) {
    return retryAtNs - nowNs;
  }

  /** Lets the next request wait for at least this time. */
  void pause(long ns) {
    retryAtNs = System.nanoTime() + ns;
  }

  /** Records an answer, or a failure that counts as one. */
  void answered(Answer answer, boolean isRetryable) {
    tell(answer, isRetryable);
    isAway = isRetryable;
    if (isRetryable) {
      pause(TimeUnit.MILLISECONDS.toNanos(backoff.next(answer.retryAfterMs())));
    } else {
      backoff.reset();
    }
  }

  /** Records that a request ended without an answer because of a fault in this process. */
  void failed() {
    pause(TimeUnit.MILLISECONDS.toNanos(backoff.next(-1)));
  }

  /** Records that events were accepted. */
  void accepted() {
    lastSentMs = System.currentTimeMillis();
  }

  private void tell(Answer answer, boolean isRetryable) {
    if (isRetryable && isUp) {
      LOGGER.log(
          Level.WARNING,
          "the endpoint {0} does not accept metrics; they wait {1}: {2}",
          new Object[] {uri, waitingPlace, answer.reason()});
    } else if (!isRetryable && !isUp) {
      LOGGER.log(Level.INFO, "the endpoint {0} answers again", uri);
    }
    isUp = !isRetryable;
    isKnown = true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of one request: the endpoint's answer, or the reason why there is no answer.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class Answer {

  /** The largest number of chars of {@link #reason} and {@link #partialMessage}. */
  public static final int MAX_TEXT_CHARS = 400;

  /** The action that the answer allows. */
  public enum Kind {
    /**
     * The endpoint accepted the request, except {@link #rejectedPoints}. The request must not be
     * sent again.
     */
    ACCEPTED,
    /** The same request may be accepted later. */
    RETRYABLE,
    /** The endpoint will never accept this request. */
    REFUSED,
    /** The endpoint does not accept a request of this length, but may accept its parts. */
    TOO_LARGE
  }

  /** The reason why there is no complete answer. Every reason except {@link #NONE} is retryable. */
  public enum Failure {
    /** The endpoint has answered. */
    NONE,
    /** There was no connection: the name is unknown, or no server listens at the address. */
    CONNECT,
    /** One of the two sides refused TLS. An operator must change a certificate or a URL. */
    TLS,
    /**
     * The connection broke while the request was written. Some endpoints do this to a request that
     * is too large for them, and their answer is lost.
     */
    SEND,
    /** The connection broke before the answer was complete. The endpoint may have the request. */
    RECEIVE,
    /** The exchange was not complete in time. The endpoint may have the request. */
    TIMEOUT,
    /** {@link OtlpEndpoint#close} broke off the exchange. The endpoint may have the request. */
    CLOSED
  }

  private final Kind kind;
  private final Failure failure;
  private final int status;
  private final String reason;
  private final long retryAfterMs;
  private final long rejectedPoints;
  private final String partialMessage;

  private Answer(
      Kind kind,
      Failure failure,
      int status,
      String reason,
      long retryAfterMs,
      long rejectedPoints,
      String partialMessage) {
    this.kind = kind;
    this.failure = failure;
    this.status = status;
    this.reason = PrintableText.line(reason, MAX_TEXT_CHARS);
    this.retryAfterMs = retryAfterMs;
    this.rejectedPoints = rejectedPoints;
    this.partialMessage = PrintableText.line(partialMessage, MAX_TEXT_CHARS);
  }

  static Answer ofAccepted(int status, long rejectedPoints, String partialMessage) {
    return new Answer(
        Kind.ACCEPTED, Failure.NONE, status, "HTTP " + status, -1, rejectedPoints, partialMessage);
  }

  static Answer ofStatus(Kind kind, int status, @Nullable String message, long retryAfterMs) {
    String reason =
        message == null || message.isBlank()
            ? "HTTP " + status
            : "HTTP " + status + ": " + message.strip();
    return new Answer(kind, Failure.NONE, status, reason, retryAfterMs, 0, "");
  }

  static Answer ofFailure(Failure failure, int status, String reason) {
    return new Answer(Kind.RETRYABLE, failure, status, reason, -1, 0, "");
  }

  /** Returns the action that the answer allows. */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns the reason why there is no complete answer, or {@link Failure#NONE} if there is one.
   */
  public Failure failure() {
    return failure;
  }

  /** Returns the HTTP status, also if the body was not complete; 0 if no status arrived. */
  public int status() {
    return status;
  }

  /**
   * Returns one printable line for the log: the status and the endpoint's message, or the failure
   * and its place. The line has no header value and at most {@value #MAX_TEXT_CHARS} chars.
   */
  public String reason() {
    return reason;
  }

  /**
   * Returns the time for which the endpoint asks its clients to wait, in milliseconds, 0 to {@value
   * RetryAfter#MAX_MS}; -1 if it does not ask, or the answer is not retryable.
   */
  public long retryAfterMs() {
    return retryAfterMs;
  }

  /**
   * Returns the number of data points of an accepted request that the endpoint dropped. Never
   * negative.
   */
  public long rejectedPoints() {
    return rejectedPoints;
  }

  /**
   * Returns the endpoint's message about an accepted request: the reason why it dropped points, or
   * a warning if it dropped none. The message is one printable line of at most {@value
   * #MAX_TEXT_CHARS} chars, and empty if the answer has none.
   */
  public String partialMessage() {
    return partialMessage;
  }

  @Override
  public String toString() {
    return "Answer{kind="
        + kind
        + ", failure="
        + failure
        + ", status="
        + status
        + ", reason="
        + reason
        + ", retryAfterMs="
        + retryAfterMs
        + ", rejectedPoints="
        + rejectedPoints
        + ", partialMessage="
        + partialMessage
        + '}';
  }
}

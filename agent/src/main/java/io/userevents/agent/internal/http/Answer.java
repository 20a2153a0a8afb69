// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import org.jspecify.annotations.Nullable;

/** The outcome of one request: the answer of the endpoint, or the reason why there is none. */
public final class Answer {

  /** The number of chars that {@link #reason} and {@link #partialMessage} have at most. */
  public static final int MAX_TEXT_CHARS = 400;

  /** What the sender may do with the request. */
  public enum Kind {
    /**
     * The endpoint took the request, but for {@link #rejectedPoints}. It must not be sent again.
     */
    ACCEPTED,
    /** The same request may be accepted later. */
    RETRYABLE,
    /** The endpoint will never accept this request. */
    REFUSED,
    /** The endpoint takes no request of this length, but may take its parts. */
    TOO_LARGE
  }

  /** Why there is no complete answer of the endpoint. Each but {@link #NONE} is retryable. */
  public enum Failure {
    /** The endpoint has answered. */
    NONE,
    /** There was no connection: the name is unknown, or nobody listens at the address. */
    CONNECT,
    /**
     * TLS was refused by one of the two sides. An operator has to change a certificate or a URL.
     */
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

  /** What may be done with the request. */
  public Kind kind() {
    return kind;
  }

  /** Why there is no complete answer; {@link Failure#NONE} if there is one. */
  public Failure failure() {
    return failure;
  }

  /** The status of HTTP, also where the body was not complete; 0 if none came. */
  public int status() {
    return status;
  }

  /**
   * One printable line for the log: the status and the endpoint's own message, or what went wrong
   * where. It has no header value. At most {@value #MAX_TEXT_CHARS} chars.
   */
  public String reason() {
    return reason;
  }

  /**
   * For how long the endpoint asks its clients to wait, in milliseconds, 0 to {@value
   * RetryAfter#MAX_MS}; -1 if it does not ask, or the answer is not retryable.
   */
  public long retryAfterMs() {
    return retryAfterMs;
  }

  /** How many data points of an accepted request the endpoint has dropped. Never negative. */
  public long rejectedPoints() {
    return rejectedPoints;
  }

  /**
   * The endpoint's message about an accepted request: why it dropped points, or a warning if it
   * dropped none. One printable line, at most {@value #MAX_TEXT_CHARS} chars; empty if none came.
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

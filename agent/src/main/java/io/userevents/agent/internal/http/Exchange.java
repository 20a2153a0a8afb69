// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import io.userevents.agent.internal.http.Answer.Failure;
import io.userevents.agent.internal.http.Answer.Kind;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. It ends once: with an answer, with a failure, when its time is over,
 * or when the endpoint is closed. Its time limit covers the whole exchange, because the time-out of
 * {@code java.net.http} ends with the headers of the answer and does not limit the body.
 *
 * <p>A cancelled exchange stops its body and closes its connection before its future completes, so
 * that the caller may change the array.
 */
final class Exchange implements HttpResponse.BodyHandler<byte[]> {

  /**
   * The largest number of bytes of an answer that are read, 64 KiB. Answers that follow the
   * protocol are much shorter.
   */
  static final int MAX_ANSWER_BYTES = 64 * 1024;

  private final CompletableFuture<Answer> result = new CompletableFuture<>();
  private final CompletableFuture<Void> timer = new CompletableFuture<>();
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final ArrayPublisher body;
  private final String target;
  private final long timeoutMs;
  private final Consumer<Exchange> onEnd;
  private volatile HttpResponse.@Nullable ResponseInfo head;
  private volatile @Nullable CompletableFuture<HttpResponse<byte[]>> response;
  private volatile boolean isBrokenOff;

  /**
   * Creates an exchange that has not begun.
   *
   * @param target name of the endpoint in messages
   * @param timeoutMs time limit in milliseconds; 0 for none
   * @param onEnd called once, before the future completes
   */
  Exchange(ArrayPublisher body, String target, long timeoutMs, Consumer<Exchange> onEnd) {
    this.body = body;
    this.target = target;
    this.timeoutMs = timeoutMs;
    this.onEnd = onEnd;
  }

  /** Sends the request. Called once. Does not block. */
  CompletableFuture<Answer> start(
      HttpClient client, HttpRequest.Builder request, Executor executor) {
    if (timeoutMs > 0) {
      CompletableFuture<Void> unused =
          timer.completeOnTimeout(null, timeoutMs, TimeUnit.MILLISECONDS);
    }
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(request.POST(body).build(), this);
    response = sent;
    CompletableFuture<Void> unusedEnd = timer.thenRunAsync(this::timeOut, executor);
    CompletableFuture<HttpResponse<byte[]>> unusedAnswer = sent.whenComplete(this::end);
    return result;
  }

  @Override
  public HttpResponse.BodySubscriber<byte[]> apply(HttpResponse.ResponseInfo head) {
    this.head = head;
    return new BoundedBody(MAX_ANSWER_BYTES);
  }

  /** Returns whether the exchange ended before the client was done with it. */
  boolean isBrokenOff() {
    return isBrokenOff;
  }

  /** Cancels the exchange because the endpoint is closed. */
  void close() {
    breakOff(Failure.CLOSED, "closed " + progress());
  }

  private void timeOut() {
    breakOff(Failure.TIMEOUT, "no complete answer in " + timeoutMs + " ms " + progress());
  }

  private void breakOff(Failure failure, String reason) {
    if (isOver.compareAndSet(false, true)) {
      isBrokenOff = true;
      body.stop();
      CompletableFuture<HttpResponse<byte[]>> sent = response;
      if (sent != null) {
        sent.cancel(true);
      }
      complete(answerOfHead(failure, target + ": " + reason));
    }
  }

  private void end(@Nullable HttpResponse<byte[]> answer, @Nullable Throwable failure) {
    if (isOver.compareAndSet(false, true)) {
      body.stop();
      try {
        if (answer != null) {
          complete(
              AnswerReader.read(
                  answer.statusCode(),
                  answer.headers(),
                  answer.body(),
                  System.currentTimeMillis()));
        } else {
          complete(ofFailure(failure == null ? new IllegalStateException("no answer") : failure));
        }
      } catch (Throwable e) {
        // The client swallows this exception. Without an answer, the caller would wait for ever.
        complete(Answer.ofFailure(Failure.RECEIVE, 0, target + ": cannot read the answer: " + e));
        throw e;
      }
    }
  }

  private Answer ofFailure(Throwable thrown) {
    Throwable failure =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (FailureText.isTls(failure)) {
      return answerOfHead(
          Failure.TLS, "TLS with " + target + " failed: " + FailureText.describeTls(failure));
    }
    return answerOfHead(
        phase(), target + ": failed " + progress() + ": " + FailureText.describe(failure));
  }

  /**
   * Returns the answer. If a status arrived, it decides, unless the failure hides whether the
   * request was accepted.
   */
  private Answer answerOfHead(Failure failure, String reason) {
    HttpResponse.ResponseInfo known = head;
    if (known == null) {
      return Answer.ofFailure(failure, 0, reason);
    }
    if (AnswerReader.kindOf(known.statusCode()) != Kind.ACCEPTED) {
      return AnswerReader.read(
          known.statusCode(), known.headers(), new byte[0], System.currentTimeMillis());
    }
    return Answer.ofFailure(failure, known.statusCode(), reason);
  }

  private Failure phase() {
    if (head != null) {
      return Failure.RECEIVE;
    }
    int published = body.publishedBytes();
    if (published < 0) {
      return Failure.CONNECT;
    }
    return published < body.length() ? Failure.SEND : Failure.RECEIVE;
  }

  private String progress() {
    if (head != null) {
      return "while the body of the answer was read";
    }
    int published = body.publishedBytes();
    if (published < 0) {
      return "while it was connecting";
    }
    return published < body.length()
        ? "after " + published + " of " + body.length() + " bytes of the request"
        : "while the answer was awaited";
  }

  private void complete(Answer answer) {
    timer.cancel(false);
    onEnd.accept(this);
    result.complete(answer);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.http.Answer;
import io.userevents.agent.internal.http.Backoff;
import io.userevents.agent.internal.http.OtlpEndpoint;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The agent's second thread. It sends batches to the endpoint, one request at a time, in the order
 * in which they came. The batch under way goes first, then the batches of the spool, then the
 * batches in memory.
 *
 * <p>While the endpoint cannot be reached, all batches move to the spool, so that a killed agent
 * loses little. Without a spool, or while the disk refuses writes, memory keeps the newest batches.
 *
 * <p>All state belongs to this thread. Other threads send it messages.
 */
final class Dispatcher implements Runnable {

  private static final Logger LOGGER = Logger.getLogger(Forwarder.class.getName());
  private static final long CYCLE_NS = TimeUnit.SECONDS.toNanos(1);

  private static final int BAD_REQUEST = 400;
  private static final long UNREADABLE_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /** The number of batches that the reader can take before the next cycle. */
  private static final int MIN_FREE = 2;

  /**
   * After this number of consecutive time-outs or broken connections, a request is made shorter.
   */
  private static final int MAX_FAILED_SENDS = 2;

  /** The shortest length to which requests are reduced. A single event can be shorter. */
  private static final int MIN_PART_BYTES = 4 << 10;

  /** After this number of accepted requests, the length of requests may double again. */
  private static final int GOOD_SENDS_TO_GROW = 8;

  private static final byte[] NO_REPORT = {};

  /** A message from another thread. */
  private sealed interface Message permits Filled, Answered, Failed, ReaderEnded, Close {}

  private record Filled(Batch batch) implements Message {}

  private record Answered(Answer answer) implements Message {}

  private record Failed(Throwable cause) implements Message {}

  private record ReaderEnded() implements Message {}

  private record Close(long graceNs) implements Message {}

  private final OtlpEndpoint endpoint;
  private final BatchPool pool;
  private final Accounts accounts;
  private final Overflow overflow;
  private final SelfReport selfReport;
  private final Backoff backoff;

  private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>();
  private final Deque<Batch> memory = new ArrayDeque<>();
  private final Throttle refusals = new Throttle();
  private final Throttle rejections = new Throttle();

  /**
   * The batch that is being delivered. It comes from memory if {@link #source} is not null,
   * otherwise from the spool.
   */
  private @Nullable Delivery delivery;

  private @Nullable Batch source;

  /** Whether no batch of the spool was older than {@link #source} when its sending began. */
  private boolean isSourceOldest;

  private int failedSends;
  private int goodSends;
  private int partBytes = Integer.MAX_VALUE;
  private boolean isUnderWay;
  private boolean isSelfUnderWay;
  private boolean isAway;
  private long retryAtNs = System.nanoTime();

  private boolean hasReaderEnded;
  private boolean isClosing;
  private long closeAtNs;

  private volatile boolean isEndpointUp = true;
  private volatile boolean isEndpointKnown;
  private volatile boolean isEnded;
  private volatile long lastSentMs;
  private volatile long lastCycleNs = System.nanoTime();

  Dispatcher(
      OtlpEndpoint endpoint,
      BatchPool pool,
      Accounts accounts,
      Overflow overflow,
      SelfReport selfReport,
      Backoff backoff) {
    this.endpoint = endpoint;
    this.pool = pool;
    this.accounts = accounts;
    this.overflow = overflow;
    this.selfReport = selfReport;
    this.backoff = backoff;
  }

  /** Takes over a batch. Called by the reader. */
  void add(Batch batch) {
    inbox.add(new Filled(batch));
  }

  /** Reports that no more batches follow. Called by the reader. */
  void readerEnded() {
    inbox.add(new ReaderEnded());
  }

  /** Ends the dispatcher once everything is sent, or after the grace time at the latest. */
  void close(long graceNs) {
    inbox.add(new Close(graceNs));
  }

  /**
   * Returns the time at which this thread last began to wait or to work, by {@link
   * System#nanoTime}.
   */
  long lastCycleNs() {
    return lastCycleNs;
  }

  boolean isEnded() {
    return isEnded;
  }

  boolean isEndpointUp() {
    return isEndpointUp;
  }

  /**
   * Returns whether a request was answered or has failed, so that {@link #isEndpointUp} is known.
   */
  boolean isEndpointKnown() {
    return isEndpointKnown;
  }

  /**
   * Returns the time at which the endpoint last accepted a request, in ms since 1970; 0 if never.
   */
  long lastSentMs() {
    return lastSentMs;
  }

  @Override
  public void run() {
    try {
      while (!isDone()) {
        lastCycleNs = System.nanoTime();
        handle(inbox.poll(waitNs(), TimeUnit.NANOSECONDS));
        for (Message next = inbox.poll(); next != null; next = inbox.poll()) {
          handle(next);
        }
        maintain();
        trySend();
      }
      // An answer that has already arrived counts.
      for (Message next = inbox.poll(); next != null; next = inbox.poll()) {
        handle(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOGGER.warning("the agent's dispatcher was interrupted and ends");
    } catch (Throwable e) {
      LOGGER.log(Level.SEVERE, "the agent's dispatcher failed; no more events are sent", e);
    } finally {
      try {
        end();
      } finally {
        isEnded = true;
      }
    }
  }

  private void handle(@Nullable Message message) {
    if (message instanceof Filled filled) {
      memory.addLast(filled.batch());
    } else if (message instanceof Answered answered) {
      onAnswer(answered.answer());
    } else if (message instanceof Failed failed) {
      onFailure(failed.cause());
    } else if (message instanceof ReaderEnded) {
      hasReaderEnded = true;
    } else if (message instanceof Close close) {
      isClosing = true;
      closeAtNs = System.nanoTime() + close.graceNs();
    }
  }

  private boolean isDone() {
    if (!isClosing) {
      return false;
    }
    // Batches on disk are safe there and may be many. The next agent sends them.
    boolean isSafe = delivery == null || (source == null && !isUnderWay);
    return (hasReaderEnded && memory.isEmpty() && isSafe) || System.nanoTime() - closeAtNs >= 0;
  }

  private long waitNs() {
    long nowNs = System.nanoTime();
    long waitNs = CYCLE_NS;
    if (!isUnderWay && !isSelfUnderWay && hasWork()) {
      waitNs = Math.min(waitNs, retryAtNs - nowNs);
    }
    if (isClosing) {
      waitNs = Math.min(waitNs, closeAtNs - nowNs);
    }
    return Math.max(0, waitNs);
  }

  private boolean hasWork() {
    return delivery != null || !memory.isEmpty() || !overflow.isEmpty();
  }

  /** Moves batches out of memory if they are not safe there or too many. */
  private void maintain() {
    boolean isOfSpool = delivery != null && source == null;
    if (!(isOfSpool && isUnderWay) && overflow.expire(System.currentTimeMillis())) {
      delivery = null;
    }
    boolean isSafeToWait = !isAway && !(isClosing && hasReaderEnded && !overflow.isEmpty());
    while (!memory.isEmpty() && (!isSafeToWait || pool.free() < pool.size() / 2)) {
      if (!overflow.take(memory.getFirst(), 0)) {
        break;
      }
      pool.give(memory.removeFirst());
    }
    // The reader must find a free batch at any time.
    while (pool.free() < MIN_FREE && dropOldest()) {
      // Repeats until there is room, or nothing that may be dropped.
    }
  }

  /** Drops the oldest batch in memory that is not under way. */
  private boolean dropOldest() {
    Batch oldest = source;
    int firstEvent = 0;
    if (oldest != null && !isUnderWay && delivery != null) {
      firstEvent = delivery.firstEvent();
      source = null;
      delivery = null;
    } else {
      oldest = memory.pollFirst();
    }
    if (oldest == null) {
      return false;
    }
    accounts.move(Outcome.IN_MEMORY, Outcome.MEMORY_FULL, oldest.events() - firstEvent);
    pool.give(oldest);
    return true;
  }

  private void trySend() {
    if (isUnderWay || isSelfUnderWay || System.nanoTime() - retryAtNs < 0) {
      return;
    }
    byte[] report = isClosing ? NO_REPORT : selfReport.takeIfDue();
    if (report.length > 0) {
      isSelfUnderWay = true;
      answerTo(endpoint.send(report, 0, report.length));
      return;
    }
    if (delivery == null) {
      delivery = nextDelivery();
    }
    Delivery current = delivery;
    if (current != null) {
      current.splitTo(partBytes);
      isUnderWay = true;
      answerTo(endpoint.send(current.bytes(), current.offset(), current.length()));
    }
  }

  private void answerTo(CompletableFuture<Answer> answer) {
    CompletableFuture<Void> unused =
        answer.handle(
            (result, cause) -> {
              inbox.add(cause == null ? new Answered(result) : new Failed(cause));
              return null;
            });
  }

  private @Nullable Delivery nextDelivery() {
    // At the end, batches on disk stay there, unless other batches must follow them.
    Delivery next = isClosing && memory.isEmpty() ? null : overflow.next();
    if (next != null) {
      return next;
    }
    if (!isClosing && !overflow.isEmpty()) {
      // The disk cannot be read now. The batches in memory must follow those on disk.
      retryAtNs = System.nanoTime() + UNREADABLE_PAUSE_NS;
      return null;
    }
    source = memory.pollFirst();
    isSourceOldest = overflow.isEmpty();
    return source == null ? null : new Delivery(source.bytes(), source.ends());
  }

  private void onAnswer(Answer answer) {
    boolean isRetryable = answer.kind() == Answer.Kind.RETRYABLE;
    // A short report may get through when batches do not.
    if (isRetryable || !(isSelfUnderWay && isAway && hasWork())) {
      note(answer, isRetryable);
    }
    if (isSelfUnderWay) {
      onReported(answer, isRetryable);
      return;
    }
    isUnderWay = false;
    Delivery current = delivery;
    if (current == null) {
      return;
    }
    switch (answer.kind()) {
      case ACCEPTED -> onAccepted(current, answer);
      case RETRYABLE -> onRetryable(current, answer);
      case REFUSED, TOO_LARGE -> onRefused(current, answer);
    }
    if (current.isDone()) {
      finish();
    }
  }

  /** Records whether the endpoint can be reached. */
  private void note(Answer answer, boolean isRetryable) {
    tellOfEndpoint(answer, isRetryable);
    isAway = isRetryable;
    if (isRetryable) {
      retryAtNs =
          System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoff.next(answer.retryAfterMs()));
    } else {
      backoff.reset();
    }
  }

  /** The next report has the same sums, so this report is not sent again. */
  private void onReported(Answer answer, boolean isRetryable) {
    isSelfUnderWay = false;
    if (answer.kind() != Answer.Kind.ACCEPTED && !isRetryable && refusals.isDue()) {
      LOGGER.log(
          Level.WARNING,
          "the endpoint {0} refused the metrics of the agent itself: {1}",
          new Object[] {endpoint.uri(), answer.reason()});
    }
  }

  /** Handles a fault: the client guarantees an answer in every case. The batch is sent again. */
  private void onFailure(Throwable cause) {
    LOGGER.log(
        Level.SEVERE, "a request failed without an answer; the agent will send it again", cause);
    retryAtNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoff.next(-1));
    isUnderWay = false;
    isSelfUnderWay = false;
  }

  private void onAccepted(Delivery current, Answer answer) {
    failedSends = 0;
    boolean isShorter = partBytes < Integer.MAX_VALUE / 2 && current.length() > partBytes / 2;
    if (isShorter && ++goodSends >= GOOD_SENDS_TO_GROW) {
      goodSends = 0;
      partBytes *= 2;
    }
    accounts.accepted(current.length(), answer.rejectedPoints());
    settle(Outcome.SENT, current.events());
    lastSentMs = System.currentTimeMillis();
    if ((answer.rejectedPoints() > 0 || !answer.partialMessage().isEmpty()) && rejections.isDue()) {
      LOGGER.log(
          Level.WARNING,
          "the endpoint accepted a request only in part: rejected_points={0}, message={1}",
          new Object[] {answer.rejectedPoints(), answer.partialMessage()});
    }
    current.next();
  }

  /** Puts a batch from memory into the spool, before the batches that have come there since. */
  private void onRetryable(Delivery current, Answer answer) {
    accounts.retried();
    boolean isBroken =
        answer.failure() == Answer.Failure.TIMEOUT
            || answer.failure() == Answer.Failure.SEND
            || answer.failure() == Answer.Failure.RECEIVE;
    if (isBroken && ++failedSends >= MAX_FAILED_SENDS) {
      goodSends = 0;
      // The link may be too slow for the request, or the endpoint may break off requests that are
      // too large for it.
      partBytes = Math.max(MIN_PART_BYTES, current.length() / 2);
    }
    Batch batch = source;
    if (batch != null && isSourceOldest && overflow.takeFirst(batch, current.firstEvent())) {
      delivery = null;
      source = null;
      pool.give(batch);
    }
  }

  private void onRefused(Delivery current, Answer answer) {
    accounts.refused();
    boolean mayAskAgain = current.refused();
    boolean isOfContent = answer.kind() == Answer.Kind.TOO_LARGE || answer.status() == BAD_REQUEST;
    if (isOfContent && current.events() > 1 && mayAskAgain) {
      current.split();
      return;
    }
    Outcome outcome = answer.kind() == Answer.Kind.TOO_LARGE ? Outcome.TOO_LARGE : Outcome.REFUSED;
    int dropped = 0;
    do {
      dropped += current.events();
      current.next();
    } while (!mayAskAgain && !current.isDone());
    settle(outcome, dropped);
    if (refusals.isDue()) {
      LOGGER.log(
          Level.WARNING,
          "the endpoint {0} refused {1} events; the agent drops them, as OTLP demands: {2}",
          new Object[] {endpoint.uri(), dropped, answer.reason()});
    }
  }

  private void finish() {
    delivery = null;
    Batch batch = source;
    source = null;
    if (batch != null) {
      pool.give(batch);
    } else {
      overflow.remove();
    }
  }

  /** Records the outcome of events of the delivery. */
  private void settle(Outcome outcome, int events) {
    if (source == null) {
      overflow.settle(outcome, events);
    } else {
      accounts.move(Outcome.IN_MEMORY, outcome, events);
    }
  }

  private void tellOfEndpoint(Answer answer, boolean isRetryable) {
    if (isRetryable && isEndpointUp) {
      LOGGER.log(
          Level.WARNING,
          "the endpoint {0} does not accept metrics; they wait {1}: {2}",
          new Object[] {endpoint.uri(), overflow.description(), answer.reason()});
    } else if (!isRetryable && !isEndpointUp) {
      LOGGER.log(Level.INFO, "the endpoint {0} answers again", endpoint.uri());
    }
    isEndpointUp = !isRetryable;
    isEndpointKnown = true;
  }

  /** Saves the remaining batches in the spool, or counts them as lost. */
  private void end() {
    endpoint.close();
    for (Message next = inbox.poll(); next != null; next = inbox.poll()) {
      if (next instanceof Filled filled) {
        memory.addLast(filled.batch());
      }
    }
    Delivery current = delivery;
    Batch batch = source;
    if (current != null && batch != null && !current.isDone()) {
      // It is unknown whether the endpoint has accepted the request under way, so it is sent again.
      if (!isSourceOldest || !overflow.takeFirst(batch, current.firstEvent())) {
        save(batch, current.firstEvent());
      }
    }
    while (!memory.isEmpty()) {
      save(memory.removeFirst(), 0);
    }
    overflow.close();
  }

  private void save(Batch batch, int firstEvent) {
    if (!overflow.take(batch, firstEvent)) {
      accounts.move(Outcome.IN_MEMORY, Outcome.SHUTDOWN, batch.events() - firstEvent);
    }
  }

  /** Supplies the agent's own metrics when they are due. */
  interface SelfReport {

    /** Returns a request that is due, or an empty array. */
    byte[] takeIfDue();
  }
}

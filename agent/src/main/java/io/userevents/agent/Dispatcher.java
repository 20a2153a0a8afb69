// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.http.Answer;
import io.userevents.agent.internal.http.OtlpEndpoint;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
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

  private static final byte[] NO_REPORT = {};

  private final OtlpEndpoint endpoint;
  private final BatchPool pool;
  private final Accounts accounts;
  private final Overflow overflow;
  private final SelfReports selfReports;
  private final EndpointState state;
  private final RequestLength requestLength = new RequestLength();

  private final Inbox inbox = new Inbox();
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

  private boolean isUnderWay;
  private boolean isSelfUnderWay;

  private boolean hasReaderEnded;
  private boolean isClosing;
  private long closeAtNs;

  private volatile boolean isBroken;
  private volatile boolean isEnded;
  private volatile long lastCycleNs = System.nanoTime();

  Dispatcher(
      OtlpEndpoint endpoint,
      BatchPool pool,
      Accounts accounts,
      Overflow overflow,
      SelfReports selfReports,
      EndpointState state) {
    this.endpoint = endpoint;
    this.pool = pool;
    this.accounts = accounts;
    this.overflow = overflow;
    this.selfReports = selfReports;
    this.state = state;
  }

  /** Takes over a batch. Called by the reader. */
  void add(Batch batch) {
    inbox.add(new Inbox.Filled(batch));
  }

  /** Reports that no more batches follow. Called by the reader. */
  void readerEnded() {
    inbox.add(new Inbox.ReaderEnded());
  }

  /** Ends the dispatcher once everything is sent, or after the grace time at the latest. */
  void close(long graceNs) {
    inbox.add(new Inbox.Close(graceNs));
  }

  /**
   * Returns the time at which this thread last began to wait or to work, by {@link
   * System#nanoTime}.
   */
  long lastCycleNs() {
    return lastCycleNs;
  }

  /** Returns whether an error has ended the dispatcher. */
  boolean isBroken() {
    return isBroken;
  }

  boolean isEnded() {
    return isEnded;
  }

  @Override
  public void run() {
    try {
      overflow.begin();
      while (!isDone()) {
        lastCycleNs = System.nanoTime();
        handle(inbox.poll(waitNs()));
        inbox.drain(this::handle);
        maintain();
        trySend();
      }
      // An answer that has already arrived counts.
      inbox.drain(this::handle);
    } catch (InterruptedException e) {
      isBroken = true;
      Thread.currentThread().interrupt();
      LOGGER.warning("the agent's dispatcher was interrupted and ends");
    } catch (Throwable e) {
      isBroken = true;
      LOGGER.log(Level.SEVERE, "the agent's dispatcher failed; no more events are sent", e);
    } finally {
      try {
        end();
      } catch (Throwable e) {
        isBroken = true;
        LOGGER.log(Level.SEVERE, "the agent could not save its last events", e);
      } finally {
        isEnded = true;
      }
    }
  }

  private void handle(Inbox.@Nullable Message message) {
    if (message instanceof Inbox.Filled filled) {
      memory.addLast(filled.batch());
    } else if (message instanceof Inbox.Answered answered) {
      onAnswer(answered.answer());
    } else if (message instanceof Inbox.Failed failed) {
      onFailure(failed.cause());
    } else if (message instanceof Inbox.ReaderEnded) {
      hasReaderEnded = true;
    } else if (message instanceof Inbox.Close close) {
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
      waitNs = Math.min(waitNs, state.waitNs(nowNs));
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
    boolean isSafeToWait = !state.isAway() && !(isClosing && hasReaderEnded && !overflow.isEmpty());
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
    if (isUnderWay || isSelfUnderWay || state.waitNs(System.nanoTime()) > 0) {
      return;
    }
    byte[] report = isClosing ? NO_REPORT : selfReports.takeIfDue();
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
      current.splitTo(requestLength.maxBytes());
      isUnderWay = true;
      answerTo(endpoint.send(current.bytes(), current.offset(), current.length()));
    }
  }

  private void answerTo(CompletableFuture<Answer> answer) {
    CompletableFuture<Void> unused =
        answer.handle(
            (result, cause) -> {
              inbox.add(cause == null ? new Inbox.Answered(result) : new Inbox.Failed(cause));
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
      state.pause(UNREADABLE_PAUSE_NS);
      return null;
    }
    source = memory.pollFirst();
    isSourceOldest = overflow.isEmpty();
    return source == null ? null : new Delivery(source.bytes(), source.ends());
  }

  private void onAnswer(Answer answer) {
    boolean isRetryable = answer.kind() == Answer.Kind.RETRYABLE;
    // A short report may get through when batches do not.
    if (isRetryable || !(isSelfUnderWay && state.isAway() && hasWork())) {
      state.answered(answer, isRetryable);
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
    state.failed();
    isUnderWay = false;
    isSelfUnderWay = false;
  }

  private void onAccepted(Delivery current, Answer answer) {
    requestLength.accepted(current.length());
    accounts.accepted(current.length(), answer.rejectedPoints());
    settle(Outcome.SENT, current.events());
    state.accepted();
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
    if (isBroken) {
      requestLength.failed(current.length());
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

  /** Saves the remaining batches in the spool, or counts them as lost. */
  private void end() {
    boolean isSaved = false;
    try {
      endpoint.close();
      saveAll();
      isSaved = true;
    } finally {
      overflow.close(/* isInOrder= */ isSaved && hasReaderEnded && !isBroken);
    }
  }

  private void saveAll() {
    inbox.drain(
        next -> {
          if (next instanceof Inbox.Filled || next instanceof Inbox.ReaderEnded) {
            handle(next);
          }
        });
    Delivery current = delivery;
    Batch batch = source;
    source = null;
    if (batch != null && (current == null || !current.isDone())) {
      // It is unknown whether the endpoint has accepted the request under way, so it is sent again.
      int firstEvent = current == null ? 0 : current.firstEvent();
      if (!isSourceOldest || !overflow.takeFirst(batch, firstEvent)) {
        save(batch, firstEvent);
      }
    }
    while (!memory.isEmpty()) {
      save(memory.removeFirst(), 0);
    }
  }

  private void save(Batch batch, int firstEvent) {
    if (!overflow.take(batch, firstEvent)) {
      accounts.move(Outcome.IN_MEMORY, Outcome.SHUTDOWN, batch.events() - firstEvent);
    }
  }
}

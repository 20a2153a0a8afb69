// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import io.userevents.internal.memory.MemoryException;
import io.userevents.tracepoint.Tracepoint;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes records from any number of threads and has one thread of its own write them to a
 * tracepoint.
 *
 * <p>All methods may be called by any thread. {@link #publish} and {@link #tryClaim} take no lock,
 * make no system call and allocate nothing (but once for each thread). They block only in two
 * cases: the {@link BackPressurePolicy} that was chosen does, or the form of {@code publish} with a
 * deadline waits for a slot. With {@link ConsumerWaitStrategy#BLOCKING} they wake the consumer.
 * Records of one thread are written in the order in which it published them.
 */
public final class RecordPipeline implements AutoCloseable {

  private static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration DEFAULT_FLUSH_TIMEOUT = Duration.ofSeconds(10);
  private static final long FIRST_ATTEMPT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

  private final Tracepoint tracepoint;
  private final PipelineSettings settings;
  private final Counters counters = new Counters();
  private final Publishers publishers = counters.publishers();
  private final WakeUp wakeUp;
  private final RecordRing ring;
  private final SlotEntries entries;

  /** The claims that are not open because the pipeline is not, by their result. */
  private final RecordClaim[] unopened;

  private final Admission admission;
  private final TracepointSession session;
  private final Duties duties;
  private final Closing closing;
  private final PipelineAgent agent;
  private final ConsumerThread thread;

  RecordPipeline(Tracepoint tracepoint, PipelineSettings settings) {
    this.tracepoint = tracepoint;
    this.settings = settings;
    int ringSlots = settings.ringSlots();
    int maxRecordLength = settings.maxRecordLength();
    boolean wakesForEach =
        settings.idleStrategy() == null && settings.waitStrategy() == ConsumerWaitStrategy.BLOCKING;
    wakeUp = new WakeUp(ringSlots, wakesForEach);
    ring = new RecordRing(ringSlots, maxRecordLength, wakeUp);
    entries = ring.entries();
    unopened =
        Stream.of(PublishResult.values())
            .map(result -> new RecordClaim(ring, null, result))
            .toArray(RecordClaim[]::new);
    ConsumerErrors errors = new ConsumerErrors(settings.errorHandler());
    OutcomeListeners listeners = new OutcomeListeners();
    admission =
        new Admission(
            ring,
            wakeUp,
            tracepoint,
            listeners,
            settings.backPressurePolicy(),
            maxRecordLength,
            counters);
    session =
        new TracepointSession(
            tracepoint, this::open, settings.stateListener(), settings.retryPeriodNs());
    EventSender sender = new EventSender(tracepoint, session, counters, errors);
    Pacer pacer = new Pacer(settings.pacing(), admission::isClosed, counters);
    Drain drain = new Drain(ring, sender, pacer, counters, listeners, errors, settings);
    DropReporter dropReporter =
        new DropReporter(counters, tracepoint.eventName(), ringSlots, maxRecordLength);
    duties = new Duties(ring, drain, session, counters, dropReporter, errors);
    closing =
        new Closing(
            ring,
            drain,
            duties,
            session,
            counters,
            dropReporter,
            errors,
            () -> {
              listeners.completeReports();
              admission.completeReports();
              sender.completeReports();
            });
    agent =
        new PipelineAgent(
            this,
            "user-events-" + tracepoint.eventName(),
            admission,
            session,
            drain,
            duties,
            closing);
    thread =
        new ConsumerThread(
            settings, agent, ConsumerIdle.of(settings, tracepoint, ring, wakeUp), errors);
  }

  /** Returns a builder with the defaults. */
  public static RecordPipelineBuilder builder() {
    return new RecordPipelineBuilder();
  }

  /** To be called once. */
  void start() {
    thread.start();
    session.awaitFirstAttempt(FIRST_ATTEMPT_TIMEOUT_NS);
    String notPinned = thread.notPinned(FIRST_ATTEMPT_TIMEOUT_NS);
    if (notPinned != null) {
      close();
      throw new IllegalStateException(notPinned);
    }
  }

  /** For tests. */
  Publishers publishers() {
    return publishers;
  }

  /** For tests that run the consumer on a thread of theirs, in place of {@link #start}. */
  Runnable consumer() {
    return thread;
  }

  PipelineAgent agent() {
    return agent;
  }

  /**
   * Whether a listener is attached. Two loads from memory: to be asked before a record is encoded,
   * since without a listener nobody would get it.
   */
  public boolean isAttached() {
    return tracepoint.isEnabled() && admission.isOpen();
  }

  /** How things stand with the tracepoint, as the consumer saw it last. */
  public TracepointState state() {
    return session.state();
  }

  /**
   * How often a listener was seen to begin recording, with the one that records now; 0 while none
   * does, so that another number than before means somebody who has not been shown anything yet. A
   * listener attaches some time before it records, perf by tens of milliseconds, and what is
   * written in between reaches nobody.
   *
   * <p>From the first call on, for the life of the pipeline, the consumer asks the tracepoint
   * ({@link Tracepoint#isRecording}): while a listener is attached that does not record, whenever
   * it looks after things (see {@link TracepointStateListener}) but at most once a millisecond,
   * from 0.2 s on every 10 ms and from 5 s on once a second; and once a second whether one that
   * records still does. The answer is that late.
   */
  public long recordingNumber() {
    return session.recordingNumber();
  }

  /** Slots that the ring has. */
  public int ringSlots() {
    return settings.ringSlots();
  }

  /**
   * Slots of the ring that are in use at this moment: 0 to {@link #ringSlots()}. All of them while
   * the pipeline is closing, and 0 once it is closed. Takes no lock.
   */
  public int usedSlots() {
    return state() == TracepointState.CLOSED ? 0 : ring.slots() - ring.freeSlots();
  }

  /** Length in bytes of the longest record that is taken. */
  public int maxRecordLength() {
    return settings.maxRecordLength();
  }

  /** Whether an event may have several records; see {@link RecordPipelineBuilder}. */
  public boolean gathersRecords() {
    return settings.gatherRecords();
  }

  /**
   * Length in bytes up to which records that wait together are gathered into one event. A longer
   * record is an event of its own.
   */
  public int maxEventLength() {
    return settings.maxEventLength();
  }

  /** Whether {@link #close()} or {@link #closeAsync()} was called: no record is taken any more. */
  public boolean isClosed() {
    return admission.isClosed();
  }

  /**
   * Ends a sleep of the consumer, so that records that are published already are written soon. For
   * a publisher that has published its last record for now and wants it to leave at once, in place
   * of after the sleep that {@link ConsumerWaitStrategy} describes.
   *
   * <p>A publisher that does so does it after each burst, on the thread that published. If no other
   * thread has published since the last such call, the consumer then sleeps with {@link
   * ConsumerWaitStrategy#SLEEPING} as soon as the ring is empty, for up to 20 ms. A record that
   * comes during that sleep without such a call waits until its end, or until a quarter of the ring
   * is full; the sleeps after it are of 2 ms at most again.
   *
   * <p>Never waits. Costs a memory fence and some loads, one of which is of the publishers' shared
   * cache line, while the consumer is awake, and a system call of some microseconds if it sleeps.
   * Without effect on a consumer that spins or is closed.
   */
  public void wakeUp() {
    long last = ring.lastClaimed();
    // Before it is open there are no records, and threads that come then are not kept.
    if (admission.isOpen() && publishers.endBurst(last)) {
      wakeUp.burstEnded(last);
    } else {
      wakeUp.now();
    }
  }

  /** Publishes with priority 0 and without a listener; see the longest form. */
  public PublishResult publish(DirectBuffer buffer, int offset, int length) {
    return publish(buffer, offset, length, 0, null, 0, false, 0);
  }

  /** Publishes without a listener; see the longest form. */
  public PublishResult publish(DirectBuffer buffer, int offset, int length, int priority) {
    return publish(buffer, offset, length, priority, null, 0, false, 0);
  }

  /** Publishes with priority 0; see the longest form. */
  public PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      @Nullable OutcomeListener outcomeListener,
      long tag) {
    return publish(buffer, offset, length, 0, outcomeListener, tag, false, 0);
  }

  /**
   * Copies a record into the ring, if a listener is attached and there is room, or the {@link
   * BackPressurePolicy} waits until there is.
   *
   * @param buffer holds the record, on or off the heap; may be reused at once
   * @param offset of its first byte
   * @param length in bytes, 1 to {@link #maxRecordLength()}
   * @param priority for the policy, which says what it means
   * @param outcomeListener is told what becomes of the record; may be null
   * @param tag any number, handed to the listener with the outcome
   * @return whether the record is in the ring; if not, why, and it is counted as dropped already
   * @throws IllegalArgumentException if the length is below 1
   * @throws IndexOutOfBoundsException if the record is not within the buffer
   * @throws IllegalStateException if this thread holds an open {@link RecordClaim}
   */
  public PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag) {
    return publish(buffer, offset, length, priority, outcomeListener, tag, false, 0);
  }

  /**
   * Publishes like the form without a deadline, but when the ring is full waits for a slot until
   * then, and only after that asks the {@link BackPressurePolicy}, as if the record had just been
   * offered. For threads that may block.
   *
   * <p>Waiting wakes a consumer that sleeps. It spins, then yields, then parks for up to 1 ms at a
   * time; it allocates nothing on a platform thread. It ends early, within such a park, when the
   * pipeline is closed or the listener detaches. A thread that is interrupted does not wait, or
   * stops; it stays interrupted, and the policy is asked. On the consumer's own thread (an {@link
   * OutcomeListener} that publishes) it does not wait: the consumer would wait for itself.
   *
   * @param priority for the policy; the slots that it reserves are waited for as well
   * @param deadlineNs a time of {@link System#nanoTime}; in the past, it does not wait
   */
  public PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag,
      long deadlineNs) {
    return publish(buffer, offset, length, priority, outcomeListener, tag, true, deadlineNs);
  }

  private PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag,
      boolean waits,
      long deadlineNs) {
    requireLength(length);
    buffer.boundsCheck(offset, length);
    // Before anything is counted, as it is the only one that others implement.
    boolean attached = tracepoint.isEnabled();
    if (!admission.isOpen()) {
      return admission.refuseUnopened(length, outcomeListener, tag);
    }
    Publisher publisher = publishers.current();
    publisher.requireNoClaim(entries);
    PublishResult refusal = admission.refusal(attached, length);
    if (refusal != null) {
      return admission.refuse(publisher, refusal, length, outcomeListener, tag);
    }
    try {
      long sequence = admission.claim(publisher, 1, length, priority, waits, deadlineNs);
      if (sequence < 0) {
        return admission.refuse(
            publisher, admission.resultOf(sequence), length, outcomeListener, tag);
      }
      ring.put(publisher, sequence, buffer, offset, length, outcomeListener, tag);
      return PublishResult.ACCEPTED;
    } catch (Throwable e) {
      publisher.abandon(entries);
      throw e;
    }
  }

  /**
   * Publishes several records at once: takes slots for all of them or for none, by one claim. Like
   * {@link #publish(DirectBuffer, int, int, int, OutcomeListener, long)} otherwise.
   *
   * @param buffer holds the records
   * @param offsets of the records' first bytes
   * @param lengths in bytes, each 1 to {@link #maxRecordLength()}
   * @param count of the records, 1 to {@link #ringSlots()}; entries of the arrays behind are
   *     ignored
   * @param tag handed to the listener with the outcome of each record
   * @return whether all records are in the ring; if not, why, and all are counted as dropped;
   *     {@link PublishResult#TOO_LARGE} if one of them is
   * @throws IllegalArgumentException if the count or a length is out of range
   * @throws IndexOutOfBoundsException if a record is not within the buffer, or the arrays are
   *     shorter than the count
   * @throws IllegalStateException if this thread holds an open {@link RecordClaim}
   */
  public PublishResult publish(
      DirectBuffer buffer,
      int[] offsets,
      int[] lengths,
      int count,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag) {
    int longest = longest(buffer, offsets, lengths, count);
    boolean attached = tracepoint.isEnabled();
    if (!admission.isOpen()) {
      return admission.refuseAll(null, lengths, count, null, outcomeListener, tag);
    }
    Publisher publisher = publishers.current();
    publisher.requireNoClaim(entries);
    PublishResult refusal = admission.refusal(attached, longest);
    if (refusal != null) {
      return admission.refuseAll(publisher, lengths, count, refusal, outcomeListener, tag);
    }
    try {
      long last = admission.claim(publisher, count, longest, priority, false, 0);
      if (last < 0) {
        return admission.refuseAll(
            publisher, lengths, count, admission.resultOf(last), outcomeListener, tag);
      }
      for (int i = 0; i < count; i++) {
        ring.put(
            publisher, last - count + 1 + i, buffer, offsets[i], lengths[i], outcomeListener, tag);
      }
      return PublishResult.ACCEPTED;
    } catch (Throwable e) {
      publisher.abandon(entries);
      throw e;
    }
  }

  private int longest(DirectBuffer buffer, int[] offsets, int[] lengths, int count) {
    if (count < 1 || count > ring.slots()) {
      throw new IllegalArgumentException(
          "count must be 1 to ringSlots: count=" + count + " ringSlots=" + ring.slots());
    }
    int longest = 0;
    for (int i = 0; i < count; i++) {
      requireLength(lengths[i]);
      buffer.boundsCheck(offsets[i], lengths[i]);
      longest = Math.max(longest, lengths[i]);
    }
    return longest;
  }

  /** Claims with priority 0 and without a listener; see the longest form. */
  public RecordClaim tryClaim(int length) {
    return tryClaim(length, 0, null, 0);
  }

  /**
   * Claims a slot, for the caller to write its record into. Refuses, waits and counts like {@link
   * #publish(DirectBuffer, int, int, int, OutcomeListener, long)}.
   *
   * @param length in bytes, 1 to {@link #maxRecordLength()}; the record may turn out shorter
   * @param priority for the policy, which says what it means
   * @param outcomeListener is told what becomes of the record; may be null
   * @param tag any number, handed to the listener with the outcome
   * @return the calling thread's claim: open, to be committed or aborted soon, or with a {@link
   *     RecordClaim#result} that says why it is not; then the record is counted as dropped already
   * @throws IllegalArgumentException if the length is below 1
   * @throws IllegalStateException if this thread holds an open claim
   */
  public RecordClaim tryClaim(
      int length, int priority, @Nullable OutcomeListener outcomeListener, long tag) {
    requireLength(length);
    boolean attached = tracepoint.isEnabled();
    if (!admission.isOpen()) {
      // The thread is not kept, so it has no claim to reuse.
      return unopened[admission.refuseUnopened(length, outcomeListener, tag).ordinal()];
    }
    Publisher publisher = publishers.current();
    publisher.requireNoClaim(entries);
    // Before a slot is taken: this may allocate.
    RecordClaim claim = publisher.claim(ring);
    PublishResult refusal = admission.refusal(attached, length);
    if (refusal != null) {
      return claim.refuse(admission.refuse(publisher, refusal, length, outcomeListener, tag));
    }
    try {
      long sequence = admission.claim(publisher, 1, length, priority, false, 0);
      if (sequence < 0) {
        return claim.refuse(
            admission.refuse(
                publisher, admission.resultOf(sequence), length, outcomeListener, tag));
      }
      return claim.open(sequence, length, outcomeListener, tag);
    } catch (Throwable e) {
      publisher.abandon(entries);
      throw e;
    }
  }

  /**
   * Counts a record that its publisher gives up before it has claimed a slot, for example since its
   * value is not valid: as {@link Outcome#DROPPED_ABORTED} while a listener is attached, otherwise
   * as {@link #publish(DirectBuffer, int, int)} would. Takes no slot, so it neither waits nor asks
   * the {@link BackPressurePolicy}. A claim that this thread holds open stays open.
   *
   * @param length in bytes that the record would have had, at least 1
   * @throws IllegalArgumentException if the length is below 1
   */
  public void countAborted(int length) {
    requireLength(length);
    boolean attached = tracepoint.isEnabled();
    if (admission.isOpen()) {
      publishers
          .current()
          .refused(attached ? Outcome.DROPPED_ABORTED : Outcome.DROPPED_DETACHED, length);
    } else {
      admission.refuseUnopened(length, null, 0);
    }
  }

  /** Flushes within 10 s, see {@link #flush(Duration)}. */
  public CompletableFuture<Void> flush() {
    return flush(DEFAULT_FLUSH_TIMEOUT);
  }

  /**
   * Completes when every record that is in the ring now has its outcome. Never blocks.
   *
   * <p>If that takes longer than the timeout, the result fails with a {@link TimeoutException} that
   * says how many slots of the ring it waits for and, if a claim holds them up, whose. Records stay
   * in the ring and get their outcome all the same. The consumer's thread fails the result, between
   * two batches of up to 256 records; while that thread itself hangs in a system call or an {@link
   * OutcomeListener} it cannot, and only a time-out of the caller's, on the result, helps.
   *
   * @param timeout more than 0
   * @throws IllegalArgumentException if it is not
   */
  public CompletableFuture<Void> flush(Duration timeout) {
    requireNonNull(timeout, "timeout");
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("timeout must be more than 0: timeout=" + timeout);
    }
    long target = ring.lastClaimed();
    if (duties.settled() >= target || closing.hasEnded()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> done =
        duties.flushes().add(target, TimeUnit.NANOSECONDS.convert(timeout));
    wakeUp.now();
    if (closing.hasEnded()) {
      // The end may have looked at the queue just before this entry was in it.
      duties.flushes().complete(Long.MAX_VALUE);
    }
    return done;
  }

  /** What has been done so far. Disturbs neither publishers nor the consumer. */
  public PipelineStatistics statistics() {
    return counters.snapshot(session.attachments(), session.attachedNs(System.nanoTime()));
  }

  /**
   * Like {@link #statistics()}, but into an object of the caller's: allocates nothing.
   *
   * @param target that no other thread uses meanwhile
   */
  public void read(PipelineCounters target) {
    counters.read(target, session.attachments(), session.attachedNs(System.nanoTime()));
  }

  /** Closes within 10 s, see {@link #close(Duration)}. */
  @Override
  public void close() {
    close(DEFAULT_CLOSE_TIMEOUT);
  }

  /**
   * Like {@link #closeAsync()}, and waits until it is done or the time is up. In the latter case,
   * or if this thread is interrupted, the consumer goes on and ends later. On the consumer's own
   * thread (an {@link OutcomeListener} that closes) it does not wait.
   *
   * <p>Once it is done, waits up to 1 s more for the log handlers to get the last lines, which a
   * JVM that exits would lose. {@link #closeAsync()} does not.
   *
   * @return whether it is done
   */
  public boolean close(Duration timeout) {
    requireNonNull(timeout, "timeout");
    CompletableFuture<Void> ended = closeAsync();
    if (admission.isConsumer(Thread.currentThread())) {
      return ended.isDone();
    }
    try {
      ended.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
      // The JVM may exit next, and its log thread with it.
      SafeLog.awaitWritten();
      return true;
    } catch (TimeoutException e) {
      SafeLog.log(
          Level.WARNING,
          "tracepoint "
              + tracepoint.eventName()
              + " is not closed after "
              + TimeUnit.MILLISECONDS.convert(timeout)
              + " ms: a system call, a claim or an outcome listener has not ended yet; the consumer"
              + " ends when it does; if that lasts, see in a thread dump what holds it",
          null);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of the consumer never fails", e);
    }
  }

  /**
   * Refuses new records, has those in the ring written, unregisters the tracepoint and frees the
   * memory. A claim that this thread holds open is aborted. Never blocks; a second call returns the
   * same.
   *
   * @return completes when all of that is done
   */
  public CompletableFuture<Void> closeAsync() {
    publishers.abandonOwn(entries);
    admission.close();
    agent.endUnlessStarted();
    thread.wakeUp();
    return closing.ended();
  }

  @Override
  public String toString() {
    return "RecordPipeline{eventName="
        + tracepoint.eventName()
        + ", tracepoint="
        + PipelineSettings.className(tracepoint)
        + ", "
        + settings
        + "}";
  }

  /**
   * Allocates the ring's memory and takes records from then on. For the consumer's thread once the
   * tracepoint is registered, and for tests before it runs. A second call does nothing.
   */
  void open() throws MemoryException {
    ring.allocate();
    admission.open();
  }

  private static void requireLength(int length) {
    if (length < 1) {
      throw new IllegalArgumentException("length must be at least 1: length=" + length);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** A tracepoint that answers as told, in the order told, and takes everything after that. */
final class ScriptedTracepoint implements Tracepoint {

  /** The behaviour of one call. */
  @FunctionalInterface
  interface Answer {
    int give() throws InterruptedException;
  }

  /** Holds up one write, from when it begins until it is released. */
  static final class Gate {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Waits until the consumer is in the write. */
    void awaitEntered() throws InterruptedException {
      entered.await();
    }

    void release() {
      released.countDown();
    }

    private int pass() throws InterruptedException {
      entered.countDown();
      released.await();
      return 0;
    }
  }

  final AtomicInteger writes = new AtomicInteger();
  final AtomicInteger registrations = new AtomicInteger();
  final AtomicInteger closes = new AtomicInteger();
  volatile boolean enabled = true;

  /** Whether the listener that is attached records. */
  volatile boolean recording = true;

  /** Whether the registration that was made is not lost. */
  volatile boolean registered = true;

  /** How often it was asked that. */
  final AtomicInteger registeredAsked = new AtomicInteger();

  /** The exception that it then throws, if set. */
  volatile @Nullable RuntimeException registeredFailure;

  /** How often it was asked whether the listener records. */
  final AtomicInteger recordingAsked = new AtomicInteger();

  /** Runs on any thread that asks whether a listener is attached, before the answer. */
  volatile Runnable whenAsked = () -> {};

  /** Runs on any thread that asks whether a listener records, before the answer. */
  volatile Runnable whenAskedForRecording = () -> {};

  /** Runs on the consumer's thread when it registers. */
  volatile Runnable whenRegistering = () -> {};

  /** Runs on any thread that asks for its name, as each line of the log does. */
  volatile Runnable whenNamed = () -> {};

  /** Runs on the consumer's thread while it writes. */
  volatile Runnable whenWritten = () -> {};

  private final List<byte[]> events = new CopyOnWriteArrayList<>();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> registrationFailures = new ConcurrentLinkedQueue<>();
  private final Queue<RuntimeException> closeFailures = new ConcurrentLinkedQueue<>();
  private final Queue<Gate> gates = new ConcurrentLinkedQueue<>();

  /** The next write returns this. */
  ScriptedTracepoint answer(int result) {
    answers.add(() -> result);
    return this;
  }

  /** The next write throws this. */
  ScriptedTracepoint fail(RuntimeException failure) {
    answers.add(
        () -> {
          throw failure;
        });
    return this;
  }

  /** The next write blocks. */
  Gate block() {
    Gate gate = new Gate();
    gates.add(gate);
    answers.add(gate::pass);
    return gate;
  }

  /** The next registration throws this. */
  ScriptedTracepoint failRegistration(Throwable failure) {
    registrationFailures.add(failure);
    return this;
  }

  /** The next close throws this. */
  ScriptedTracepoint failClose(RuntimeException failure) {
    closeFailures.add(failure);
    return this;
  }

  void releaseAll() {
    gates.forEach(Gate::release);
  }

  /** The events that were taken. */
  List<byte[]> events() {
    return events;
  }

  /** The events that were taken, as text. */
  List<String> texts() {
    return events.stream().map(event -> new String(event, US_ASCII)).toList();
  }

  @Override
  public String eventName() {
    whenNamed.run();
    return "scripted";
  }

  @Override
  public String register() throws RegistrationException {
    registrations.incrementAndGet();
    whenRegistering.run();
    Throwable failure = registrationFailures.poll();
    if (failure instanceof RegistrationException e) {
      throw e;
    } else if (failure instanceof RuntimeException e) {
      throw e;
    } else if (failure instanceof Error e) {
      throw e;
    }
    registered = true;
    return "script";
  }

  @Override
  public boolean isRegistered() {
    registeredAsked.incrementAndGet();
    RuntimeException failure = registeredFailure;
    if (failure != null) {
      throw failure;
    }
    return registered;
  }

  @Override
  public boolean isEnabled() {
    whenAsked.run();
    return enabled;
  }

  @Override
  public boolean isRecording() {
    recordingAsked.incrementAndGet();
    whenAskedForRecording.run();
    return recording;
  }

  @Override
  public int write(EventVector event) {
    writes.incrementAndGet();
    whenWritten.run();
    byte[] copy = new byte[event.length()];
    event.copyTo(new UnsafeBuffer(copy), 0);
    Answer answer = answers.poll();
    int result = answer == null ? 0 : give(answer);
    if (result == 0) {
      events.add(copy);
    }
    return result;
  }

  @Override
  public void close() {
    closes.incrementAndGet();
    RuntimeException failure = closeFailures.poll();
    if (failure != null) {
      throw failure;
    }
  }

  private static int give(Answer answer) {
    try {
      return answer.give();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the consumer", e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.Tracepoint;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.agrona.concurrent.UnsafeBuffer;

/** A tracepoint that answers writes as told, in the order told, and takes everything after that. */
final class ScriptedTracepoint implements Tracepoint {

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

    private int pass() {
      entered.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts the consumer", e);
      }
      return 0;
    }
  }

  /** The behaviour of one write. */
  @FunctionalInterface
  private interface Answer {
    int give();
  }

  final ReceivedEvents received = new ReceivedEvents();
  volatile boolean enabled = true;
  volatile boolean closed;

  /** Runs on the consumer's thread when it registers. */
  volatile Runnable whenRegistering = () -> {};

  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Queue<Gate> gates = new ConcurrentLinkedQueue<>();

  /** The next write returns this. */
  ScriptedTracepoint answer(int result) {
    answers.add(() -> result);
    return this;
  }

  /** The next write blocks. */
  Gate block() {
    Gate gate = new Gate();
    gates.add(gate);
    answers.add(gate::pass);
    return gate;
  }

  void releaseAll() {
    gates.forEach(Gate::release);
  }

  @Override
  public String eventName() {
    return "scripted";
  }

  @Override
  public String register() {
    whenRegistering.run();
    return "script";
  }

  @Override
  public boolean isEnabled() {
    return enabled;
  }

  @Override
  public int write(EventVector event) {
    byte[] copy = new byte[event.length()];
    event.copyTo(new UnsafeBuffer(copy), 0);
    Answer answer = answers.poll();
    int result = answer == null ? 0 : answer.give();
    if (result == 0) {
      received.accept(copy);
    }
    return result;
  }

  @Override
  public void close() {
    closed = true;
  }
}

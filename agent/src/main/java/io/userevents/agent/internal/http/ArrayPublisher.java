// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Publishes a part of an array as the body of a request, without a copy: {@code
 * BodyPublishers.ofByteArray} copies it. The pieces are small, because the JDK keeps a direct
 * buffer for each thread that writes to a socket, as large as the largest piece that the thread
 * wrote.
 *
 * <p>The client may subscribe again to repeat a request; each subscriber gets all bytes. After
 * {@link #stop}, no subscriber gets further bytes.
 */
final class ArrayPublisher implements HttpRequest.BodyPublisher {

  static final int PIECE_BYTES = 64 * 1024;

  private final byte[] bytes;
  private final int offset;
  private final int length;
  private volatile boolean isStopped;

  /** The number of bytes that the newest subscriber got. One thread at a time writes it. */
  private volatile int publishedBytes = -1;

  ArrayPublisher(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
  }

  @Override
  public long contentLength() {
    return length;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    publishedBytes = 0;
    subscriber.onSubscribe(new Pieces(subscriber));
  }

  /** Ends the publication, because a cancelled exchange must not complete its request. */
  void stop() {
    isStopped = true;
  }

  /** Returns how many bytes the newest subscriber got, or -1 before there was one. */
  int publishedBytes() {
    return publishedBytes;
  }

  int length() {
    return length;
  }

  /** One subscriber's position. The thread that raises the demand from zero publishes. */
  private final class Pieces implements Flow.Subscription {

    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean isDone;
    private int position;

    Pieces(Flow.Subscriber<? super ByteBuffer> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      if (n <= 0) {
        isDone = true;
        subscriber.onError(new IllegalArgumentException("n must be positive: n=" + n));
        return;
      }
      long before = demand.getAndAccumulate(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
      if (before == 0) {
        long wanted = demand.get();
        while (wanted > 0) {
          publish(wanted);
          wanted = demand.addAndGet(-wanted);
        }
      }
    }

    private void publish(long wanted) {
      for (long i = 0; i < wanted && !isDone && !isStopped; i++) {
        int count = Math.min(PIECE_BYTES, length - position);
        ByteBuffer piece = ByteBuffer.wrap(bytes, offset + position, count).slice();
        position += count;
        publishedBytes = position;
        subscriber.onNext(piece.asReadOnlyBuffer());
        if (position == length) {
          isDone = true;
          subscriber.onComplete();
        }
      }
    }

    @Override
    public void cancel() {
      isDone = true;
    }
  }
}

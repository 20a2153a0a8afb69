// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArrayPublisherTest {

  private static final int PIECE = ArrayPublisher.PIECE_BYTES;

  private final byte[] bytes = new byte[4 * PIECE];
  private final ArrayPublisher publisher = new ArrayPublisher(bytes, 10, 3 * PIECE + 1);

  ArrayPublisherTest() {
    new Random(1).nextBytes(bytes);
  }

  @Test
  void shouldPublishThePartInPieces() {
    Collector collector = new Collector(Long.MAX_VALUE);

    publisher.subscribe(collector);

    assertThat(publisher.contentLength()).isEqualTo(3 * PIECE + 1);
    assertThat(collector.pieces).isEqualTo(4);
    assertThat(collector.bytes.toByteArray())
        .isEqualTo(Arrays.copyOfRange(bytes, 10, 10 + 3 * PIECE + 1));
    assertThat(collector.completions).isEqualTo(1);
    assertThat(publisher.publishedBytes()).isEqualTo(3 * PIECE + 1);
  }

  @Test
  void shouldPublishNoMoreThanIsAskedFor() {
    Collector collector = new Collector(0);
    publisher.subscribe(collector);
    assertThat(collector.pieces).isZero();

    collector.request(1);
    assertThat(collector.pieces).isEqualTo(1);
    collector.request(2);
    assertThat(collector.pieces).isEqualTo(3);
    assertThat(collector.completions).isZero();
    collector.request(5);

    assertThat(collector.pieces).isEqualTo(4);
    assertThat(collector.completions).isEqualTo(1);
  }

  @Test
  void shouldTakeRequestsThatComeWithinAPiece() {
    Collector collector = new Collector(1);
    collector.requestInNext = 1;

    publisher.subscribe(collector);

    assertThat(collector.pieces).isEqualTo(4);
    assertThat(collector.maxDepth).isEqualTo(1);
    assertThat(collector.completions).isEqualTo(1);
  }

  @Test
  void shouldPublishAllToEachSubscriber() {
    Collector first = new Collector(2);
    Collector second = new Collector(Long.MAX_VALUE);

    publisher.subscribe(first);
    publisher.subscribe(second);

    assertThat(second.bytes.size()).isEqualTo(3 * PIECE + 1);
  }

  @Test
  void shouldPublishNothingAfterItIsStopped() {
    Collector collector = new Collector(1);
    publisher.subscribe(collector);

    publisher.stop();
    collector.request(10);

    assertThat(collector.pieces).isEqualTo(1);
    assertThat(collector.completions).isZero();
  }

  @Test
  void shouldPublishNothingAfterACancellation() {
    Collector collector = new Collector(1);
    publisher.subscribe(collector);

    collector.cancel();
    collector.request(10);

    assertThat(collector.pieces).isEqualTo(1);
  }

  @Test
  void shouldRefuseADemandThatIsNotPositive() {
    Collector collector = new Collector(0);
    publisher.subscribe(collector);

    collector.request(0);

    assertThat(collector.error).isInstanceOf(IllegalArgumentException.class);
    collector.request(1);
    assertThat(collector.pieces).isZero();
  }

  private static final class Collector implements Flow.Subscriber<ByteBuffer> {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final long initialDemand;
    private Flow.@Nullable Subscription subscription;
    private @Nullable Throwable error;
    private int requestInNext;
    private int depth;
    private int maxDepth;
    private int pieces;
    private int completions;

    Collector(long initialDemand) {
      this.initialDemand = initialDemand;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      if (initialDemand > 0) {
        subscription.request(initialDemand);
      }
    }

    @Override
    public void onNext(ByteBuffer piece) {
      depth++;
      maxDepth = Math.max(maxDepth, depth);
      pieces++;
      byte[] copy = new byte[piece.remaining()];
      piece.get(copy);
      bytes.writeBytes(copy);
      if (requestInNext > 0) {
        request(requestInNext);
      }
      depth--;
    }

    @Override
    public void onError(Throwable throwable) {
      error = throwable;
    }

    @Override
    public void onComplete() {
      completions++;
    }

    void request(long n) {
      subscription().request(n);
    }

    void cancel() {
      subscription().cancel();
    }

    private Flow.Subscription subscription() {
      if (subscription == null) {
        throw new IllegalStateException("not subscribed");
      }
      return subscription;
    }
  }
}

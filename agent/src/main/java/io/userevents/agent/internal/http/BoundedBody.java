// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Receives the body of an answer up to a limit and cancels the rest. An endpoint can then neither
 * fill this process's memory nor block it with an answer that never ends.
 */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {

  private static final int INITIAL_BYTES = 256;

  private final int maxBytes;
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int count;
  private Flow.@Nullable Subscription subscription;

  BoundedBody(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (body.isDone()) {
      return;
    }
    for (ByteBuffer buffer : buffers) {
      int taken = Math.min(buffer.remaining(), maxBytes - count);
      if (count + taken > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.min(maxBytes, Math.max(count + taken, 2 * bytes.length)));
      }
      boolean isTooLong = taken < buffer.remaining();
      buffer.get(bytes, count, taken);
      count += taken;
      if (isTooLong) {
        if (subscription != null) {
          subscription.cancel();
        }
        complete();
        return;
      }
    }
  }

  @Override
  public void onError(Throwable throwable) {
    body.completeExceptionally(throwable);
  }

  @Override
  public void onComplete() {
    complete();
  }

  private void complete() {
    body.complete(Arrays.copyOf(bytes, count));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.userevents.listener.ListenerException;
import io.userevents.listener.Source;
import io.userevents.listener.TracepointListener;

/**
 * A program that listens by an allowed source until it has a given number of events. It prints the
 * source and then the number of bytes, or the reason why it cannot listen.
 */
final class CountingListener {

  private CountingListener() {}

  /**
   * Runs it.
   *
   * @param args source, KiB of each CPU's buffer, number of events
   */
  public static void main(String[] args) throws Exception {
    try (TracepointListener listener =
        TracepointListener.builder(Tracing.EVENT)
            .setSource(Source.valueOf(args[0]))
            .setBufferSizeKb(Integer.parseInt(args[1]))
            .open()) {
      System.out.println("listening by " + listener.source());
      int expected = Integer.parseInt(args[2]);
      long[] bytes = new long[1];
      for (int events = 0; events < expected; ) {
        events += listener.poll(sample -> bytes[0] += sample.payload().capacity(), 1000);
      }
      System.out.println(
          "received bytes=" + bytes[0] + " lost=" + listener.kernelStatistics().lost());
    } catch (ListenerException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }
}

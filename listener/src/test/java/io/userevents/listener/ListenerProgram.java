// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.nio.file.Path;

/** A program that listens until it is killed, for tests of what it leaves behind. */
final class ListenerProgram {

  private ListenerProgram() {}

  public static void main(String[] args) throws Exception {
    TracepointListener listener =
        TracepointListener.builder(args[0])
            .setSource(Source.valueOf(args[1]))
            .setBufferSizeKb(64)
            .open();
    System.out.println(
        listener.instance().map(Path::toString).orElse(listener.source().toString()));
    boolean isStuck = args.length > 2;
    EventHandler handler =
        sample -> {
          if (isStuck) {
            System.exit(3);
          }
        };
    while (listener.poll(handler, -1) != TracepointListener.CLOSED) {
      Thread.onSpinWait();
    }
  }
}

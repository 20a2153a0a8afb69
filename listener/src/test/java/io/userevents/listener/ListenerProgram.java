// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.nio.file.Path;

/** A program that listens until it is killed. Tests check the state that it leaves behind. */
final class ListenerProgram {

  private ListenerProgram() {}

  public static void main(String[] args) throws Exception {
    if (args.length > 2 && args[2].equals("again")) {
      openAndCloseAgain(args[0], Source.valueOf(args[1]), Integer.parseInt(args[3]));
      return;
    }
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

  private static void openAndCloseAgain(String event, Source source, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      TracepointListener.builder(event).setSource(source).setBufferSizeKb(64).open().close();
      System.out.println("opened");
    }
  }
}

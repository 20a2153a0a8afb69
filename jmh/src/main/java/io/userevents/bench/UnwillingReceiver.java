// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** An endpoint on this machine that takes connections, and reads slowly or never answers. */
final class UnwillingReceiver implements AutoCloseable {

  private static final int READS_PER_SECOND = 4;

  /** How the endpoint treats a request. */
  enum Mode {
    /** It reads all and never answers. */
    HANGS,
    /** It reads 1 KB a second. */
    SLOW;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final ServerSocket server;
  private final Mode mode;

  private UnwillingReceiver(ServerSocket server, Mode mode) {
    this.server = server;
    this.mode = mode;
  }

  static UnwillingReceiver start(Mode mode) throws IOException {
    UnwillingReceiver receiver =
        new UnwillingReceiver(new ServerSocket(0, 0, InetAddress.getLoopbackAddress()), mode);
    receiver.startThread(receiver::accept);
    return receiver;
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private void startThread(Runnable task) {
    Thread thread = new Thread(task, "receiver");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        startThread(() -> read(socket));
      } catch (IOException e) {
        // The server was closed, or the client has gone.
      }
    }
  }

  private void read(Socket socket) {
    byte[] bytes = new byte[mode == Mode.SLOW ? 1024 / READS_PER_SECOND : 1 << 16];
    try (socket;
        InputStream in = socket.getInputStream()) {
      while (in.read(bytes) >= 0) {
        if (mode == Mode.SLOW) {
          TimeUnit.MILLISECONDS.sleep(1000 / READS_PER_SECOND);
        }
      }
    } catch (IOException e) {
      // The client has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

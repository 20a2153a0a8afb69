// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import io.userevents.cli.Events;
import io.userevents.cli.capture.Capture;
import io.userevents.cli.console.StandardOutput;
import io.userevents.cli.console.StopSignal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;

/**
 * The command with events that never end and some hostile text. Makes the file of the property
 * {@code ready} once some have come.
 */
final class ListenProgram {

  /** A busy machine may need longer than the command waits for one whose output nobody reads. */
  private static final Duration TERMINATION = Duration.ofMinutes(2);

  private ListenProgram() {}

  public static void main(String[] arguments) {
    StopSignal stop = new StopSignal();
    stop.raiseOnSigInt();
    CommandLine command =
        new CommandLine(
                new ListenCommand(stop, (event, facility, bufferKb) -> new Endless(), TERMINATION))
            .setOut(StandardOutput.out())
            .setErr(StandardOutput.err());
    System.exit(command.execute(arguments));
  }

  private static final class Endless implements Capture {

    private static final String READY = System.getProperty("ready", "");
    private long received;

    @Override
    public int poll(Handler handler, int timeoutMs) {
      if (timeoutMs == 0) {
        return 0;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(timeoutMs));
      received++;
      if (received == 2 && !READY.isEmpty()) {
        tellReady();
      }
      double now = received;
      String attributes = "begin" + "x".repeat(150) + "finish";
      handler.onEvent(Events.counter("shop", "orders", "buy", true, now - 1, now, 7), 0, 42);
      handler.onEvent(Events.gauge("shop", "日本語", attributes, now, now), 0, 42);
      handler.onEvent(Events.gauge("shop", "evil\u001b[2J\u202e", "", now, 1), 0, 42);
      return 3;
    }

    private static void tellReady() {
      try {
        Files.createFile(Path.of(READY));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void detach() {}

    @Override
    public Counts counts() {
      return new Counts(received, Map.of(), 0);
    }

    @Override
    public String source() {
      return "script";
    }

    @Override
    public void close() {}
  }
}

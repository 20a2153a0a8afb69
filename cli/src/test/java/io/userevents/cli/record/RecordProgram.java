// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import io.userevents.cli.Events;
import io.userevents.cli.console.StandardOutput;
import io.userevents.cli.console.StopSignal;
import io.userevents.listener.EventHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;

/** The command in a separate process, with ten events per second without end. */
final class RecordProgram {

  private RecordProgram() {}

  public static void main(String[] arguments) {
    StopSignal stop = new StopSignal();
    stop.raiseOnSigInt();
    CommandLine command =
        new CommandLine(new RecordCommand(stop, (names, facility, bufferKb) -> new Endless()))
            .setOut(StandardOutput.out())
            .setErr(StandardOutput.err());
    System.exit(command.execute(arguments));
  }

  private static final class Endless extends ScriptedSampleCapture {

    @Override
    public int poll(EventHandler handler, int timeoutMs) {
      if (timeoutMs > 0) {
        batches.add(List.of(Events.gauge("shop", "load", "buy", 1, 0.5)));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(timeoutMs));
      }
      return super.poll(handler, timeoutMs);
    }
  }
}

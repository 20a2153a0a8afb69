// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import io.userevents.agent.WrittenEvents;
import io.userevents.cli.Events;
import io.userevents.cli.console.StandardOutput;
import io.userevents.cli.console.StopSignal;
import java.util.Map;
import picocli.CommandLine;

/** The command in a separate process, with three events in place of a kernel's. */
final class ForwardProgram {

  static final int EVENTS = 3;

  private ForwardProgram() {}

  public static void main(String[] arguments) {
    StopSignal stop = new StopSignal();
    stop.raiseOnSigInt();
    CommandLine command =
        new CommandLine(
                new ForwardCommand(
                    stop,
                    Map.of(),
                    builder ->
                        WrittenEvents.start(
                            builder, Events.gauge("shop", "load", "buy", 1, 0.5), EVENTS)))
            .setOut(StandardOutput.out())
            .setErr(StandardOutput.err());
    System.exit(command.execute(arguments));
  }
}

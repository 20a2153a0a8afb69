// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import io.userevents.agent.Loads;
import io.userevents.cli.console.StandardOutput;
import io.userevents.cli.console.StopSignal;
import java.util.Arrays;
import picocli.CommandLine;

/**
 * Runs the command {@code forward} with events from memory instead of from a kernel.
 *
 * <p>Arguments: {@code steady SERIES POINTS_PER_SECOND} or {@code bursts SERIES INTERVAL_SECONDS},
 * where an interval of 0 stands for no events; then those of the command.
 */
public final class LoadedForward {

  private static final int OWN_ARGUMENTS = 3;

  private LoadedForward() {}

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    if (args.length < OWN_ARGUMENTS) {
      System.err.println(
          "arguments: steady SERIES POINTS_PER_SECOND | bursts SERIES INTERVAL_SECONDS, OPTIONS");
      System.exit(2);
    }
    int series = Integer.parseInt(args[1]);
    long rate = Long.parseLong(args[2]);
    StopSignal stop = new StopSignal();
    stop.raiseOnSigInt();
    ForwardCommand command =
        new ForwardCommand(
            stop,
            System.getenv(),
            builder ->
                args[0].equals("steady")
                    ? Loads.steady(builder, series, rate)
                    : Loads.bursts(builder, series, rate));
    CommandLine line =
        new CommandLine(command).setOut(StandardOutput.out()).setErr(StandardOutput.err());
    System.exit(line.execute(Arrays.copyOfRange(args, OWN_ARGUMENTS, args.length)));
  }
}

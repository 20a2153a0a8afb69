// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import io.userevents.cli.console.StopSignal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Exit code and output of a command that has run in this JVM. */
public record Executed(int exitCode, String out, String err) {

  /** Runs a command that is not stopped. */
  public static Executed command(String... args) {
    return command(new StopSignal(), args);
  }

  /** Runs a command. */
  public static Executed command(StopSignal stop, String... args) {
    return run(UserEvents.commandLine(stop), args);
  }

  /** Runs this object in place of the command of this name. */
  public static Executed with(String name, Object command, String... args) {
    CommandLine root = UserEvents.commandLine(new StopSignal());
    root.getCommandSpec().removeSubcommand(name);
    root.addSubcommand(
        name,
        new CommandLine(command).setExecutionExceptionHandler(root.getExecutionExceptionHandler()));
    return run(root, Stream.concat(Stream.of(name), Arrays.stream(args)).toArray(String[]::new));
  }

  private static Executed run(CommandLine commandLine, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exitCode = commandLine.execute(args);
    return new Executed(exitCode, out.toString(), err.toString());
  }

  /** Lines of standard output. */
  public List<String> lines() {
    return out.lines().toList();
  }

  /** The last line of standard output. */
  public String lastLine() {
    return lines().get(lines().size() - 1);
  }

  /** The last line's number of this name. */
  public long count(String name) {
    return Long.parseLong(lastLine().replaceFirst(".*\\b" + name + "=(\\d+).*", "$1"));
  }
}

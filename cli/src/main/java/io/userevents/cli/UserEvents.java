// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import io.userevents.cli.bench.BenchCommand;
import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.ConsoleLog;
import io.userevents.cli.console.ExitCode;
import io.userevents.cli.console.StandardOutput;
import io.userevents.cli.console.StopSignal;
import io.userevents.cli.console.Text;
import io.userevents.cli.console.Version;
import io.userevents.cli.decode.DecodeCommand;
import io.userevents.cli.demo.DemoCommand;
import io.userevents.cli.doctor.DoctorCommand;
import io.userevents.cli.forward.ForwardCommand;
import io.userevents.cli.listen.ListenCommand;
import io.userevents.cli.record.RecordCommand;
import io.userevents.listener.ListenerException;
import io.userevents.listener.file.EventFileException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code user-events}. The help of each command documents its exit codes. */
@Command(
    name = "user-events",
    description = "Write, read and forward OpenTelemetry metrics through Linux user_events.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    subcommands = {
      DoctorCommand.class,
      ListenCommand.class,
      RecordCommand.class,
      DecodeCommand.class,
      ForwardCommand.class,
      DemoCommand.class,
      BenchCommand.class
    },
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:success",
      ExitCode.FAILURE_LINE,
      "2:doctor alone: only reading does not work",
      ExitCode.USAGE_LINE,
      "65:decode alone: a file is malformed",
      ExitCode.SIGHUP_LINE,
      ExitCode.SIGINT_LINE,
      ExitCode.CLOSED_PIPE_LINE,
      ExitCode.SIGTERM_LINE
    },
    footerHeading = "%nExample:%n",
    footer = {"  user-events demo"},
    synopsisSubcommandLabel = "COMMAND")
public final class UserEvents {

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log more, and show the stack trace of an unexpected error.")
  private boolean isVerbose;

  UserEvents() {}

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    StopSignal stop = new StopSignal();
    stop.raiseOnSigInt();
    UserEvents root = new UserEvents();
    CommandLine commandLine = commandLine(root, stop);
    commandLine.setOut(StandardOutput.out()).setErr(StandardOutput.err());
    commandLine.setColorScheme(
        CommandLine.Help.defaultColorScheme(StandardOutput.isColoured() ? Ansi.ON : Ansi.OFF));
    commandLine.setExecutionStrategy(
        parsed -> {
          ConsoleLog.install(root.isVerbose);
          return new RunLast().execute(parsed);
        });
    int exitCode = commandLine.execute(args);
    commandLine.getOut().flush();
    commandLine.getErr().flush();
    System.exit(exitCode);
  }

  /** Returns the command for use in any process. It changes neither logging nor signals. */
  static CommandLine commandLine(StopSignal stop) {
    return commandLine(new UserEvents(), stop);
  }

  private static CommandLine commandLine(UserEvents root, StopSignal stop) {
    CommandLine commandLine = new CommandLine(root, new CommandFactory(stop));
    // Inherited annotations do not pass this on.
    commandLine
        .getSubcommands()
        .values()
        .forEach(command -> command.getCommandSpec().exitCodeOnInvalidInput(ExitCode.USAGE));
    return commandLine
        .setParameterExceptionHandler(UserEvents::explainArguments)
        .setExecutionExceptionHandler(root::explainFailure);
  }

  private static int explainArguments(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    StringBuilder line = new StringBuilder("user-events: ");
    line.append(Text.printable(String.valueOf(e.getMessage()).strip()));
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        line.append("; did you mean ").append(String.join(" or ", suggestions)).append('?');
      }
    }
    err.println(line.append("; see ").append(name).append(" --help"));
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private int explainFailure(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (isVerbose) {
      e.printStackTrace(err);
    }
    boolean isMeantForUsers =
        e instanceof CommandException
            || e instanceof ListenerException
            || e instanceof EventFileException;
    // Other exceptions mean little without their type.
    String text =
        isMeantForUsers
            ? String.valueOf(e.getMessage())
            : e + "; run it again with --verbose and report the stack trace";
    err.println("user-events: " + Text.printable(text));
    return command.getCommandSpec().exitCodeOnExecutionException();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import io.userevents.listener.ListenerException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;

/** The command {@code user-events}. Exits with 0, 1 after a failure, or 2 after wrong arguments. */
@Command(
    name = "user-events",
    description = "OpenTelemetry metrics through the tracepoints of Linux user_events.",
    mixinStandardHelpOptions = true,
    versionProvider = UserEvents.Version.class,
    scope = ScopeType.INHERIT,
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

  /** The command as it runs in any process: touches neither logging nor signals. */
  static CommandLine commandLine(StopSignal stop) {
    return commandLine(new UserEvents(), stop);
  }

  private static CommandLine commandLine(UserEvents root, StopSignal stop) {
    return new CommandLine(root)
        .addSubcommand(new DemoCommand(stop))
        .setParameterExceptionHandler(UserEvents::explainArguments)
        .setExecutionExceptionHandler(root::explainFailure);
  }

  boolean isVerbose() {
    return isVerbose;
  }

  private static int explainArguments(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(e.getMessage());
    // Picocli's own handler shows either suggestions or the usage.
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    command.usage(err);
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private int explainFailure(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (isVerbose) {
      e.printStackTrace(err);
    }
    boolean isMeantForUsers = e instanceof CommandException || e instanceof ListenerException;
    // What else is thrown means little without its type.
    String text = isMeantForUsers ? String.valueOf(e.getMessage()) : e.toString();
    err.println("user-events: " + Text.printable(text));
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  /** Reads what Maven has put into the archive. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
      return new String[] {"user-events " + read()};
    }

    static String read() throws IOException {
      InputStream resource = UserEvents.class.getResourceAsStream("version.txt");
      if (resource == null) {
        return "unknown";
      }
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
        return String.valueOf(lines.readLine());
      }
    }
  }
}

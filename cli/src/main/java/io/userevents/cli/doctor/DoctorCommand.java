// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import io.userevents.cli.console.ExitCode;
import io.userevents.cli.console.Json;
import io.userevents.cli.console.StandardOutput;
import io.userevents.cli.console.Text;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code user-events doctor}: checks what works on this machine and names a repair for each fault.
 */
@Command(
    name = "doctor",
    description = {
      "Check whether this user can write events, read them by ftrace, and read them by perf on"
          + " this machine.",
      "For each fault, the command prints the facts, the wanted state, and one command that repairs"
          + " it. Nothing is changed without --fix."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:writing works, and reading by perf or ftrace",
      "1:an exporter cannot write here, or the output could not be written",
      "2:only reading does not work",
      ExitCode.USAGE_LINE,
      ExitCode.SIGHUP_LINE,
      ExitCode.SIGINT_LINE,
      ExitCode.CLOSED_PIPE_LINE,
      ExitCode.SIGTERM_LINE
    },
    footerHeading = "%nExample:%n",
    footer = {"  sudo user-events doctor --fix"})
public final class DoctorCommand implements Callable<Integer> {

  private static final int NAME_WIDTH = 22;
  private static final int STATUS_WIDTH = 8;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--fix",
      description = "Remove ftrace instances that a killed listener has left behind.")
  private boolean removesStaleInstances;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = {
        "Print text, json (one object with all checks and answers), or jsonl (an object for each"
            + " check, and one with the answers at the end). Default: text."
      })
  private @Nullable Format format;

  @Option(names = "--json", description = "Do the same as --format json.")
  private boolean isJson;

  /** The names are those of the option's values. */
  enum Format {
    text,
    json,
    jsonl
  }

  /** Creates the command. Picocli calls this. */
  public DoctorCommand() {}

  @Override
  public Integer call() {
    Format chosen = format();
    Examination examination = Examination.of(new ThisMachine(), removesStaleInstances);
    PrintWriter out = spec.commandLine().getOut();
    switch (chosen) {
      case text -> out.print(text(examination, StandardOutput.isColoured()));
      case json -> out.println(json(examination));
      case jsonl -> jsonLines(examination).forEach(out::println);
    }
    out.flush();
    return examination.exitCode();
  }

  private Format format() {
    Format asked = format;
    if (isJson && asked != null && asked != Format.json) {
      throw new ParameterException(
          spec.commandLine(), "--json and --format " + asked + " exclude each other");
    }
    return isJson ? Format.json : Objects.requireNonNullElse(asked, Format.text);
  }

  static String text(Examination examination, boolean isColoured) {
    StringBuilder text = new StringBuilder();
    examination
        .findings()
        .forEach(
            (name, finding) -> {
              text.append(coloured(finding.status(), isColoured));
              text.append(padded(name, NAME_WIDTH));
              text.append(Text.printable(finding.found())).append('\n');
              addLine(text, "wanted: ", finding.wanted());
              addLine(text, "repair: ", finding.command());
            });
    text.append('\n');
    text.append("write events:   ").append(yesOrNo(examination.canWrite()));
    text.append("read by ftrace: ").append(yesOrNo(examination.canReadByFtrace()));
    text.append("read by perf:   ").append(yesOrNo(examination.canReadByPerf()));
    return text.toString();
  }

  private static void addLine(StringBuilder text, String label, @Nullable String content) {
    if (content != null) {
      text.append(" ".repeat(STATUS_WIDTH + NAME_WIDTH)).append(label).append(content).append('\n');
    }
  }

  private static String yesOrNo(boolean answer) {
    return answer ? "yes\n" : "no\n";
  }

  private static String coloured(Status status, boolean isColoured) {
    String text = padded(status.text(), STATUS_WIDTH);
    if (!isColoured) {
      return text;
    }
    int colour =
        switch (status) {
          case OK -> 32;
          case NOTE -> 33;
          case FAIL -> 31;
          case SKIPPED -> 90;
        };
    return "\u001b[" + colour + "m" + text + "\u001b[0m";
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  static String json(Examination examination) {
    Json json = addAnswers(new Json().begin(), examination);
    json.name("checks").beginArray();
    examination.findings().forEach((name, finding) -> addCheck(json, name, finding));
    return json.endArray().end().toString();
  }

  static List<String> jsonLines(Examination examination) {
    List<String> lines = new ArrayList<>();
    examination
        .findings()
        .forEach((name, finding) -> lines.add(addCheck(new Json(), name, finding).toString()));
    lines.add(addAnswers(new Json().begin(), examination).end().toString());
    return lines;
  }

  private static Json addAnswers(Json json, Examination examination) {
    json.name("canWrite").value(examination.canWrite());
    json.name("canReadByFtrace").value(examination.canReadByFtrace());
    json.name("canReadByPerf").value(examination.canReadByPerf());
    return json.name("exitCode").value(examination.exitCode());
  }

  private static Json addCheck(Json json, String name, Finding finding) {
    json.begin().name("name").value(name);
    json.name("status").value(finding.status().text());
    json.name("found").value(finding.found());
    addIfAny(json, "wanted", finding.wanted());
    addIfAny(json, "command", finding.command());
    return json.end();
  }

  private static void addIfAny(Json json, String name, @Nullable String value) {
    if (value != null) {
      json.name(name).value(value);
    }
  }
}

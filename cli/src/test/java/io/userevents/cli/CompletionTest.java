// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** The completion, in bash, and the man pages that the build generates. */
final class CompletionTest {

  @TempDir private Path folder;

  private List<String> complete(String line) throws Exception {
    Path script = folder.resolve("completion");
    CommandLine command = new CommandLine(UserEvents.class, new CommandFactory());
    Files.writeString(script, AutoComplete.bash("user-events", command));
    int last = line.split(" ", -1).length - 1;
    // There is no compopt outside of an interactive shell.
    String shell =
        "source %s; compopt() { :; }; COMP_LINE=%s; COMP_POINT=%d; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_user-events; "
                .formatted(
                    ChildProcess.quoted(script.toString()),
                    ChildProcess.quoted(line),
                    line.length(),
                    line,
                    last)
            + "printf '%s\\n' \"${COMPREPLY[@]}\"";
    return run("bash", "-c", shell);
  }

  private static List<String> run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().map(String::strip).toList();
  }

  @Test
  void shouldCompleteCommands() throws Exception {
    assertThat(complete("user-events d")).containsExactlyInAnyOrder("doctor", "decode", "demo");
  }

  @Test
  void shouldCompleteOptionsAndTheirValues() throws Exception {
    assertThat(complete("user-events listen --se"))
        .containsExactlyInAnyOrder("--service", "--seconds");
    assertThat(complete("user-events decode --r")).containsExactly("--raw");
    assertThat(complete("user-events doctor --format j")).containsExactly("json", "jsonl");
  }

  @Test
  void shouldHaveTheExamplesAndExitCodesInTheManPages() {
    CommandLine command = new CommandLine(UserEvents.class, new CommandFactory());
    for (CommandLine subcommand : command.getSubcommands().values()) {
      StringWriter page = new StringWriter();
      ManPageGenerator.writeSingleManPage(new PrintWriter(page), subcommand.getCommandSpec());

      assertThat(page.toString())
          .contains("Example", " user-events " + subcommand.getCommandName() + " ")
          .contains("Exit codes", "*143*");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a program to its end. Output and errors are kept together. */
final class Command {

  /** The result of a program. */
  record Result(int status, String text) {}

  private Command() {}

  static Result run(String... command) throws IOException, InterruptedException {
    return run(Map.of(), List.of(command));
  }

  /** Runs a program with further environment variables. An empty value removes a variable. */
  static Result run(Map<String, String> variables, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    variables.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            builder.environment().remove(name);
          } else {
            builder.environment().put(name, value);
          }
        });
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), text);
  }

  /** Skips the test with a line on the console if a program is not installed. */
  static void require(String program, String debianPackage) {
    boolean isThere = false;
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      isThere |= Files.isExecutable(Path.of(folder).resolve(program));
    }
    if (!isThere) {
      System.out.println(
          "tests skipped: no "
              + program
              + "; sudo apt-get install -y --no-install-recommends "
              + debianPackage);
    }
    assumeTrue(isThere, "there is no " + program);
  }
}

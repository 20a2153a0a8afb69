// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs other programs. */
final class Commands {

  private Commands() {}

  /** Whether there is a program of this name on the path. */
  static boolean exists(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }

  /**
   * Returns the start of a command line of this JVM, with its flags and class path and without
   * logging.
   */
  static List<String> java() {
    return java(flags());
  }

  /** Returns the flags of this JVM. */
  static List<String> flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments();
  }

  /** Does the same as {@link #java()} with other flags. */
  static List<String> java(List<String> flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-Djava.util.logging.config.file=/dev/null");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return command;
  }

  /** Returns the lines of standard output; errors go to this program's own. */
  static List<String> lines(List<String> command) throws IOException, InterruptedException {
    return lines(command, Map.of());
  }

  /**
   * Runs a program to its end, and ends it if this thread is interrupted.
   *
   * @param environment variables in addition to those of this process
   * @return the lines of its standard output
   * @throws IOException if the program cannot be started, or its status is not 0
   */
  static List<String> lines(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    Thread hook = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      List<String> lines =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList();
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("ended with status " + status + ": " + String.join(" ", command));
      }
      return lines;
    } finally {
      process.destroy();
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  static void deleteFolder(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}

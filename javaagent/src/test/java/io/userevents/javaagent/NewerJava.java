// SPDX-License-Identifier: Apache-2.0
package io.userevents.javaagent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds a JDK beside the one that runs the tests. */
final class NewerJava {

  private NewerJava() {}

  /** Returns the program of a JVM that is at least of this version: that of this process first. */
  static Optional<Path> atLeast(int version) throws IOException {
    Path home = Path.of(System.getProperty("java.home")).toRealPath();
    if (Runtime.version().feature() >= version) {
      return Optional.of(program(home));
    }
    try (Stream<Path> homes = Files.list(home.getParent())) {
      return homes
          .filter(candidate -> Files.isExecutable(program(candidate)))
          .filter(candidate -> version(candidate) >= version)
          .sorted()
          .map(NewerJava::program)
          .findFirst();
    }
  }

  private static Path program(Path home) {
    return home.resolve("bin").resolve("java");
  }

  /** Returns the version in the file {@code release} of a JDK; 0 if it cannot be read. */
  private static int version(Path home) {
    try (Stream<String> lines = Files.lines(home.resolve("release"))) {
      return lines
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(line -> line.replaceAll("[^0-9.]", "").split("\\.", 2)[0])
          .mapToInt(Integer::parseInt)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The newest JVM of this machine: this one, or one beside it or in {@code /usr/lib/jvm}.
 *
 * @param version feature number, such as 25
 * @param executable the program {@code java}
 */
record NewestJava(int version, Path executable) {

  private static final Path OF_THE_SYSTEM = Path.of("/usr/lib/jvm");

  /** Searches the machine. A folder that cannot be read has no JVM. */
  static NewestJava find() {
    Path own = Path.of(System.getProperty("java.home"));
    NewestJava current =
        new NewestJava(Runtime.version().feature(), own.resolve("bin").resolve("java"));
    return Stream.of(Optional.ofNullable(own.getParent()), Optional.of(OF_THE_SYSTEM))
        .flatMap(Optional::stream)
        .map(NewestJava::newestIn)
        .flatMap(Optional::stream)
        .filter(found -> found.version > current.version)
        .max(Comparator.comparingInt(NewestJava::version))
        .orElse(current);
  }

  /** Returns the newest JVM in the folders of a folder. */
  static Optional<NewestJava> newestIn(Path parent) {
    try (Stream<Path> homes = Files.list(parent)) {
      return homes
          .map(home -> new NewestJava(version(home), home.resolve("bin").resolve("java")))
          .filter(java -> java.version > 0 && Files.isExecutable(java.executable))
          .max(Comparator.comparingInt(NewestJava::version));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Returns the version in the file {@code release} of a JDK; 0 if it has none. */
  private static int version(Path home) {
    try (Stream<String> lines = Files.lines(home.resolve("release"))) {
      return lines
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(line -> line.replaceAll("[^0-9.]", "").split("\\.", 2)[0])
          .mapToInt(Integer::parseInt)
          .findFirst()
          .orElse(0);
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}

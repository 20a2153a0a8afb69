// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds the JDKs of this machine: that of this process, and those beside it. */
final class Javas {

  /** The first that has {@code java.lang.foreign}, and warns of its use. */
  static final int FOREIGN = 22;

  /** The first that warns of what Agrona and JNA do. */
  static final int WARNING = 24;

  /** The oldest that the project supports. */
  private static final int OLDEST = 17;

  private static final Path OF_THE_SYSTEM = Path.of("/usr/lib/jvm");

  private Javas() {}

  /** Returns the home of one JDK of each version that is supported; this process's own, if so. */
  static SortedMap<Integer, Path> homes() throws IOException {
    Path own = Path.of(System.getProperty("java.home")).toRealPath();
    SortedMap<Integer, Path> homes = new TreeMap<>();
    homes.put(Runtime.version().feature(), own);
    for (Path parent : List.of(own.getParent(), OF_THE_SYSTEM)) {
      if (Files.isDirectory(parent)) {
        try (Stream<Path> installed = Files.list(parent)) {
          installed
              .filter(home -> Files.isExecutable(home.resolve("bin/java")))
              .filter(home -> version(home) >= OLDEST)
              .sorted()
              .forEach(home -> homes.putIfAbsent(version(home), home));
        }
      }
    }
    return homes;
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

// SPDX-License-Identifier: Apache-2.0
package io.userevents.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each public type of an internal package says that it is not for users. */
class InternalTypesTest {

  private static final Path PROJECT = Path.of("..");
  private static final String PUBLISHED = "<unpublished>false</unpublished>";
  private static final String SENTENCE =
      " * <p>This type is internal, is not for public use and may change at any time.\n";

  /** A public type of a file, and not one within another type. */
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "^public (?:\\w+ )*(?:class|interface|enum|record|@interface) ", Pattern.MULTILINE);

  @Test
  void shouldSaySoInTheJavadocOfEach() throws IOException {
    List<Path> types = new ArrayList<>();
    List<Path> without = new ArrayList<>();
    for (Path module : publishedModules()) {
      for (Path file : ProjectFiles.below(module, List.of(".java"))) {
        String source = Files.readString(module.resolve(file));
        if (isInternal(file) && PUBLIC_TYPE.matcher(source).find()) {
          types.add(file);
          if (!source.contains(SENTENCE)) {
            without.add(module.resolve(file));
          }
        }
      }
    }

    assertThat(types).hasSizeGreaterThan(50);
    assertThat(without).isEmpty();
  }

  /**
   * The sources of the exporter lie in {@code main}, those of the other modules in {@code
   * src/main}.
   */
  private static boolean isInternal(Path file) {
    return file.toString().matches("(src/)?main/java\\d*/.*/internal/.*");
  }

  private static List<Path> publishedModules() throws IOException {
    List<Path> modules = new ArrayList<>();
    try (Stream<Path> folders = Files.list(PROJECT)) {
      for (Path folder : folders.sorted().toList()) {
        Path pom = folder.resolve("pom.xml");
        if (Files.exists(pom) && Files.readString(pom).contains(PUBLISHED)) {
          modules.add(folder);
        }
      }
    }
    return modules;
  }
}

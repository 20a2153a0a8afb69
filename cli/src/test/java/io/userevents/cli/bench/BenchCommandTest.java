// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.cli.console.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class BenchCommandTest {

  @TempDir private Path folder;

  @Command
  static final class Options {
    @Mixin private BenchOptions options = new BenchOptions();
  }

  @Test
  void shouldHandItsOptionsOnToTheProgram() {
    Options parsed = new Options();
    new CommandLine(parsed)
        .parseArgs("--full", "--only", "drain,publish", "--output", "report", "--from", "old.json");

    Options again = new Options();
    new CommandLine(again).parseArgs(parsed.options.toArguments().toArray(String[]::new));

    assertThat(again.options.isFull()).isTrue();
    assertThat(again.options.isList()).isFalse();
    assertThat(again.options.only()).containsExactly("drain", "publish");
    assertThat(again.options.from()).isEqualTo(Path.of("old.json").toAbsolutePath());
    // The program runs in the same folder, but need not.
    assertThat(again.options.output()).isEqualTo(Path.of("report").toAbsolutePath());
  }

  @Test
  void shouldSayThatItNeedsTheSources() {
    assertThatThrownBy(() -> BenchCommand.home(null))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("project's sources")
        .hasMessageContaining("-Duserevents.home=FOLDER");
  }

  @Test
  void shouldSayWhichFileIsMissingInTheFolder() {
    assertThatThrownBy(() -> BenchCommand.home(folder.toString()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(folder.resolve("jmh/pom.xml").toString());
  }

  @Test
  void shouldFindTheBenchmarksInTheSources() throws Exception {
    Files.createDirectories(folder.resolve("jmh"));
    Files.createFile(folder.resolve("jmh/pom.xml"));

    assertThat(BenchCommand.home(folder.toString())).isEqualTo(folder);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.compatibility.ChildJvm.Output;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that is a module, with the archives on its module path. */
final class ModulePathIT {

  private static final Path SOURCES = Path.of("src", "test", "modular");

  @TempDir private Path classes;

  @ParameterizedTest
  @ValueSource(strings = {"", "2.6.0"})
  void shouldExportFromAModuleThatNamesNoLibrary(String agrona)
      throws IOException, InterruptedException {
    ClassPath archives = ClassPath.ofTheBuild();
    compile(path(archives.archives()));
    List<Path> atRunTime =
        (agrona.isEmpty() ? archives : archives.with("agrona", agrona)).archives();

    Output output =
        ChildJvm.ofThisJava()
            // Needed by Agrona 2.x, whose module has this name.
            .with("--add-exports=java.base/jdk.internal.misc=org.agrona")
            .with("--module-path", path(atRunTime) + File.pathSeparator + classes)
            .with("--module", "io.userevents.shop/io.userevents.shop.Shop")
            .run();

    assertThat(output.exitValue()).as(output.toString()).isZero();
    assertThat(output.stdout().lines())
        .as(output.toString())
        .hasSize(4)
        .anyMatch(line -> line.startsWith("module module io.userevents.exporter"))
        .anyMatch(line -> line.startsWith("listener module io.userevents.listener"))
        .contains("exported true", "end");
    assertThat(output.warnings())
        .as(output.toString())
        .singleElement()
        .asString()
        .contains("path=/nowhere/user_events_data");
  }

  private void compile(String modulePath) {
    int exitValue =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--module-path",
                modulePath,
                "-d",
                classes.toString(),
                SOURCES.resolve("module-info.java").toString(),
                SOURCES.resolve("io/userevents/shop/Shop.java").toString());
    assertThat(exitValue).isZero();
  }

  private static String path(List<Path> entries) {
    return entries.stream()
        .map(entry -> entry.toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}

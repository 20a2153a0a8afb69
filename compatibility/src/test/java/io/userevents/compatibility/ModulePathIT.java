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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that is a module, with the archives on its module path. */
final class ModulePathIT {

  private static final Path SOURCES = Path.of("src", "test", "modular");

  @TempDir private Path classes;

  @ParameterizedTest
  @ValueSource(strings = {"", "2.6.0"})
  void shouldExportFromAModuleThatNamesNoLibrary(String agrona)
      throws IOException, InterruptedException {
    Output unused = run(ChildJvm.ofThisJava(), agrona);
  }

  @ParameterizedTest
  @CsvSource({
    "'', io.userevents.linux, auto",
    "2.6.0, io.userevents.linux, auto",
    "'', com.sun.jna, jna",
    "2.6.0, com.sun.jna, jna"
  })
  void shouldPrintNothingOnANewerJavaWithTheDocumentedFlags(
      String agrona, String module, String syscalls) throws IOException, InterruptedException {
    ChildJvm jvm =
        JvmFlagsIT.newerJava()
            .with("--enable-native-access=" + module, "-Dio.userevents.syscalls=" + syscalls);
    if (agrona.isEmpty()) {
      jvm.with("--sun-misc-unsafe-memory-access=allow");
    }

    Output output = run(jvm, agrona);

    // Loggers have no colon behind the level.
    assertThat(output.stderr()).doesNotContain("WARNING: ");
  }

  private Output run(ChildJvm jvm, String agrona) throws IOException, InterruptedException {
    ClassPath archives = ClassPath.ofTheBuild();
    compile(path(archives.archives()));
    List<Path> atRunTime =
        (agrona.isEmpty() ? archives : archives.with("agrona", agrona)).archives();
    if (!agrona.isEmpty()) {
      // Agrona 2.x needs it, whose module has this name.
      jvm.with("--add-exports=java.base/jdk.internal.misc=org.agrona");
    }

    Output output =
        jvm.with("--module-path", path(atRunTime) + File.pathSeparator + classes)
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
    return output;
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

// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.compatibility.ChildJvm.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each Java of this machine with Agrona 1 and 2, and with JNA, {@code java.lang.foreign} or both.
 * All write and read the same. With the flags that the documents name, they print nothing but that
 * the tracepoints are registered.
 */
final class CombinationsIT {

  private static final String AGRONA_2 = "2.6.0";

  /** 40 events of one tracepoint. */
  private static final Path RECORDED =
      Path.of("..", "listener/src/test/resources/io/userevents/listener/file/perf-file.data.gz");

  /** The ways to make system calls. */
  enum Calls {
    /** As users have it, whatever the Java. */
    ALL_THERE_IS,
    JNA_ONLY,
    FOREIGN_ONLY
  }

  @TempDir private Path folder;

  static Stream<Arguments> combinations() throws IOException {
    Map<Integer, Path> homes = Javas.homes();
    System.out.println("Java, Agrona and system calls: tested with Java " + homes.keySet());
    Stream.Builder<Arguments> combinations = Stream.builder();
    for (Map.Entry<Integer, Path> java : homes.entrySet()) {
      for (int agrona = 1; agrona <= 2; agrona++) {
        for (Calls calls : Calls.values()) {
          // Before there was java.lang.foreign, all there is was JNA.
          if (calls == Calls.ALL_THERE_IS || java.getKey() >= Javas.FOREIGN) {
            combinations.add(Arguments.of(java.getKey(), java.getValue(), agrona, calls));
          }
        }
      }
    }
    return combinations.build();
  }

  @ParameterizedTest(name = "Java {0}, Agrona {2}, {3}")
  @MethodSource("combinations")
  void shouldWriteAndReadTheSameAndPrintNothingElse(int java, Path home, int agrona, Calls calls)
      throws IOException, InterruptedException {
    ChildJvm jvm = ChildJvm.ofHome(home);
    if (java >= Javas.FOREIGN) {
      jvm.with("--enable-native-access=ALL-UNNAMED");
    }
    if (java >= Javas.WARNING && agrona == 1) {
      jvm.with("--sun-misc-unsafe-memory-access=allow");
    }
    ClassPath classPath = ClassPath.ofTheBuild().withStandIns();
    if (agrona == 2) {
      jvm.with("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
      classPath = classPath.with("agrona", AGRONA_2);
    }
    if (calls == Calls.JNA_ONLY) {
      jvm.with("-Dio.userevents.syscalls=jna");
    } else if (calls == Calls.FOREIGN_ONLY) {
      classPath = classPath.without("jna-");
    }

    Output output = jvm.run(classPath, Combination.class, arguments());

    String facility = java < Javas.FOREIGN || calls == Calls.JNA_ONLY ? "jna" : "java.lang.foreign";
    assertRan(output, agrona, calls != Calls.FOREIGN_ONLY, facility);
  }

  /** Agrona 1 cannot do without: no line of a manifest allows what it uses. */
  @Test
  void shouldNeedNoFlagIfTheManifestOfTheApplicationHasTheLinesForAgrona2()
      throws IOException, InterruptedException {
    ChildJvm jvm = JvmFlagsIT.newerJava();
    Path archive = folder.resolve("application.jar");
    ClassPath.ofTheBuild()
        .withStandIns()
        .with("agrona", AGRONA_2)
        .writeArchive(
            archive,
            Map.of(
                "Main-Class", Combination.class.getName(),
                "Enable-Native-Access", "ALL-UNNAMED",
                "Add-Exports", "java.base/jdk.internal.misc"));

    Output output = jvm.with("-jar", archive.toString()).run(arguments());

    assertRan(output, 2, true, "java.lang.foreign");
  }

  private String[] arguments() {
    return new String[] {folder.toString(), RECORDED.toString()};
  }

  private void assertRan(Output output, int agrona, boolean hasJna, String facility) {
    assertThat(output.exitValue()).as(output.toString()).isZero();
    assertThat(output.stdout().lines())
        .as(output.toString())
        .hasSize(6)
        .anyMatch(line -> line.startsWith("agrona agrona-" + agrona + "."))
        .contains("jna " + hasJna)
        .contains("exported true", "published 3000", "read 40", "end");
    assertThat(output.stderr().lines())
        .containsExactly(
            registered("otlp_metrics", "exporter", facility),
            registered("fills", "pipeline", facility));
  }

  private String registered(String event, String tracefs, String facility) {
    return "INFO registered tracepoint "
        + event
        + ": "
        + folder.resolve(tracefs).resolve("user_events_data")
        + " write_index=0 syscalls="
        + facility;
  }
}

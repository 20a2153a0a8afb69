// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import static io.userevents.compatibility.OtherLibrariesIT.assertRan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.userevents.compatibility.ChildJvm.Output;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flags of the JVM and platforms on which there is no tracepoint. */
final class JvmFlagsIT {

  @ParameterizedTest
  @CsvSource({"Windows 11, amd64", "Mac OS X, aarch64", "Linux, x86"})
  void shouldRunOnOnAnotherPlatform(String name, String arch)
      throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with("-Dos.name=" + name, "-Dos.arch=" + arch)
            // Where JNA reads it on a JVM that only pretends.
            .with("-Dsun.arch.data.model=" + (arch.equals("x86") ? "32" : "64"))
            .run(ClassPath.ofTheBuild(), Service.class);

    assertThat(output.oneWarning())
        .contains("user_events needs a 64-bit Linux: os.name=" + name + " os.arch=" + arch)
        .contains("use another metric exporter");
    assertRan(output);
  }

  @Test
  void shouldRunWithLittleDirectMemory() throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with("-XX:MaxDirectMemorySize=2m", "-Dotel.exporter.user_events.tracefs=/nowhere")
            .run(ClassPath.ofTheBuild(), Service.class);

    // The ring needs none of it.
    assertThat(output.oneWarning())
        .contains("cannot register tracepoint")
        .doesNotContain("MaxDirectMemorySize");
    assertRan(output);
  }

  @Test
  void shouldRunOnWithTooLargeARing() throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with("-Xmx32m", "-Dotel.exporter.user_events.ring_slots=16777216")
            .with("-Dotel.exporter.user_events.max_record_length=64")
            .with("-Dotel.exporter.user_events.max_single_point_record_length=64")
            .run(ClassPath.ofTheBuild(), Service.class);

    assertThat(output.oneWarning())
        .contains("out of memory")
        .contains("ringSlots=16777216 maxRecordLength=64");
    assertRan(output);
  }

  @Test
  void shouldRunOnWhereUnsafeIsDenied() throws IOException, InterruptedException {
    Output output =
        newerJava()
            .with("--sun-misc-unsafe-memory-access=deny")
            .run(ClassPath.ofTheBuild(), Service.class);

    assertThat(output.oneWarning())
        .contains("library=org.agrona:agrona ")
        .contains("start the JVM with --sun-misc-unsafe-memory-access=allow");
    assertRan(output);
  }

  @Test
  void shouldRunOnWhereNativeAccessIsDenied() throws IOException, InterruptedException {
    Output output =
        newerJava()
            .with("--illegal-native-access=deny", "--sun-misc-unsafe-memory-access=allow")
            .run(ClassPath.ofTheBuild(), Service.class);

    assertThat(output.oneWarning())
        .contains("library=net.java.dev.jna:jna ")
        .contains("start the JVM with --enable-native-access=ALL-UNNAMED");
    assertRan(output);
  }

  /** Skips the test, and says so on the console, unless there is a Java that warns. */
  static ChildJvm newerJava() throws IOException {
    Optional<ChildJvm> found = ChildJvm.ofNewestJava(Javas.WARNING);
    String missing = "needs a JDK " + Javas.WARNING + " or newer beside the one of the build";
    if (found.isEmpty()) {
      System.out.println("skipped: " + missing);
    }
    assumeTrue(found.isPresent(), missing);
    return found.orElseThrow();
  }
}

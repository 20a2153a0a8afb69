// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.compatibility.ChildJvm.Output;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A library that is missing, or of another version, disables the exporter and nothing else. */
final class OtherLibrariesIT {

  private static final String AGRONA_FLAG = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";

  /** JNA is not used otherwise where the JVM has java.lang.foreign. */
  private static final String BY_JNA = "-Dio.userevents.syscalls=jna";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          disruptor | 3.0.0  | com.lmax:disruptor      | 3.4.4  | use com.lmax:disruptor
          agrona    | 1.17.1 | org.agrona:agrona       | 1.18.0 | use org.agrona:agrona
          agrona    | 2.6.0  | org.agrona:agrona       | 1.18.0 | --add-exports=java.base/jdk.internal.misc=ALL-UNNAMED
          jna       | 3.5.2  | net.java.dev.jna:jna    | 5.0.0  | use net.java.dev.jna:jna
          """)
  void shouldRunOnWithAVersionThatDoesNotFit(
      String artifact, String version, String library, String needed, String remedy)
      throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with(BY_JNA)
            .run(ClassPath.ofTheBuild().with(artifact, version), Service.class);

    assertThat(output.oneWarning())
        .contains("library=" + library + " ")
        .contains("found=" + version + " (" + artifact + "-" + version + ".jar)")
        .contains("needed=" + needed)
        .contains(remedy);
    assertRan(output);
  }

  @ParameterizedTest
  @CsvSource({
    "disruptor-, com.lmax:disruptor",
    "agrona-, org.agrona:agrona",
    "jna-, net.java.dev.jna:jna"
  })
  void shouldRunOnWithoutALibrary(String archive, String library)
      throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with(BY_JNA)
            .run(ClassPath.ofTheBuild().without(archive), Service.class);

    assertThat(output.oneWarning())
        .contains("library=" + library + " found=none")
        .contains("add " + library);
    assertRan(output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.18.0", "2.6.0"})
  void shouldExportWithOtherVersionsOfAgrona(String version)
      throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with(BY_JNA)
            .with(AGRONA_FLAG)
            .run(ClassPath.ofTheBuild().with("agrona", version), Exports.class, "periodic");

    assertThat(output.exitValue()).as(output.toString()).isZero();
    assertThat(output.stdout())
        .contains("instruments: done=true success=true received=true skipped=0");
  }

  @Test
  void shouldExportWithTheOldestDisruptor() throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with(BY_JNA)
            .run(ClassPath.ofTheBuild().with("disruptor", "3.4.4"), Exports.class, "periodic");

    assertThat(output.exitValue()).as(output.toString()).isZero();
    assertThat(output.stdout())
        .contains("instruments: done=true success=true received=true skipped=0");
  }

  @Test
  void shouldTryToRegisterWithTheOldestJna() throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with(BY_JNA)
            .with("-Dotel.exporter.user_events.tracefs=/nowhere")
            .run(ClassPath.ofTheBuild().with("jna", "5.0.0"), Service.class);

    // The answer of the kernel: the call got there and back.
    assertThat(output.oneWarning())
        .contains("call=open path=/nowhere/user_events_data errno=ENOENT");
  }

  @Test
  void shouldTellAnEmbedderByAnException() throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with(BY_JNA)
            .run(ClassPath.ofTheBuild().with("disruptor", "3.0.0"), EmbeddedPipeline.class);

    assertThat(output.exitValue()).as(output.toString()).isZero();
    assertThat(output.stdout())
        .contains("unavailable the pipeline cannot be set up: Disruptor ")
        .contains("found=3.0.0 (disruptor-3.0.0.jar) needed=3.4.4")
        .contains("cause java.lang.NoSuchMethodError");
    assertThat(output.warnings()).isEmpty();
  }

  @Test
  void shouldRunOnWithANativeLibraryOfAnotherJna(@TempDir Path folder)
      throws IOException, InterruptedException {
    String name = nativeLibrary();
    try (JarFile jar = new JarFile(ClassPath.other("jna-5.0.0.jar").toFile());
        InputStream library = jar.getInputStream(jar.getJarEntry(name))) {
      Files.copy(library, folder.resolve("libjnidispatch.so"));
    }
    Output output =
        ChildJvm.ofThisJava()
            .with(BY_JNA)
            .with("-Djna.boot.library.path=" + folder)
            .run(ClassPath.ofTheBuild(), Service.class);

    assertThat(output.oneWarning())
        .contains("library=net.java.dev.jna:jna ")
        .contains("remove -Djna.boot.library.path=" + folder + " or set -Djna.nosys=true");
    assertRan(output);
  }

  @Test
  void shouldRunOnWithoutANativeLibrary(@TempDir Path folder)
      throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with(BY_JNA)
            .with("-Djna.boot.library.path=" + folder, "-Djna.nosys=true", "-Djna.nounpack=true")
            .run(ClassPath.ofTheBuild(), Service.class);

    assertThat(output.oneWarning())
        .contains("library=net.java.dev.jna:jna ")
        .contains("remove -Djna.nounpack=true");
    assertRan(output);
  }

  @Test
  void shouldRunOnWhereNothingCanBeUnpacked(@TempDir Path folder)
      throws IOException, InterruptedException {
    // A file in place of the folder: root may write into a folder that is read-only.
    Path file = Files.writeString(folder.resolve("file"), "");
    Output output =
        ChildJvm.ofThisJava()
            .with(BY_JNA)
            .with("-Djava.io.tmpdir=" + file, "-Djna.tmpdir=" + file, "-Djna.nosys=true")
            .run(ClassPath.ofTheBuild(), Service.class);

    assertThat(output.oneWarning())
        .contains("library=net.java.dev.jna:jna ")
        .contains("set -Djna.tmpdir to a folder");
    assertRan(output);
  }

  private static String nativeLibrary() {
    String arch = System.getProperty("os.arch");
    return "com/sun/jna/linux-" + (arch.equals("amd64") ? "x86-64" : arch) + "/libjnidispatch.so";
  }

  static void assertRan(Output output) {
    assertThat(output.stdout().lines())
        .as(output.toString())
        .containsExactlyInAnyOrder("started", "span order", "flush true", "end");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that an export takes no more instructions than before. The test machine counts them, so
 * neither the host's load nor its processor matters.
 *
 * <p>The bounds are 1.15 times the higher figure of OpenJDK 17.0.15 and Temurin 25.0.3, and less
 * than 1.2 times the lower one. Those of the exporting thread are ratios to protobuf-java, which
 * reads and writes the same points in the same run, because the compilers of these JDKs differ by a
 * tenth and more. The consumer's time is the kernel's and JNA's for the most part, so its bounds
 * are instructions.
 *
 * <pre>
 *                    17.0.15            25.0.3
 *   packed-exporting 0.0717 to 0.0718   0.0728
 *   single-exporting 0.2391             0.2298
 *   packed-consumer  263 to 267         270
 *   single-consumer  4,839 to 4,920     5,030
 * </pre>
 */
@Timeout(value = 4, unit = TimeUnit.HOURS)
final class ExportInstructionsTest {

  @TempDir private Path folder;

  @BeforeAll
  static void requireProfile() {
    KernelTests.requireProfile();
  }

  @Test
  void shouldExportWithAsFewInstructionsAsBefore() throws Exception {
    Map<String, Double> perPoint = measure();

    assertThat(ratio(perPoint, "packed-exporting")).isLessThan(0.084);
    assertThat(ratio(perPoint, "single-exporting")).isLessThan(0.275);
    assertThat(figure(perPoint, "packed-consumer")).isLessThan(312);
    assertThat(figure(perPoint, "single-consumer")).isLessThan(5790);
  }

  private static double ratio(Map<String, Double> perPoint, String name) {
    return figure(perPoint, name) / figure(perPoint, "reference");
  }

  private static double figure(Map<String, Double> perPoint, String name) {
    return requireNonNull(perPoint.get(name), name);
  }

  private Map<String, Double> measure() throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process machine =
        new ProcessBuilder(
                KernelTests.script("run"),
                "--icount",
                "--timeout",
                "14400",
                "--",
                KernelTests.javaOfThisProcess(),
                // Compiled at fixed counts and by one compiler: the same code in each run.
                "-Xbatch",
                "-XX:TieredStopAtLevel=1",
                // java.lang.foreign takes less, and only newer JDKs have it.
                "-Dio.userevents.syscalls=jna",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                KernelTests.CLASS_PATH,
                ExportInstructionsProcess.class.getName())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(machine.waitFor()).as(Files.readString(err)).isZero();
    } finally {
      machine.destroy();
    }
    Map<String, Double> perPoint = new HashMap<>();
    for (String line : Files.readAllLines(out)) {
      System.out.println("instructions a point: " + line);
      List<String> nameAndValue = List.of(line.split(" ", -1));
      perPoint.put(nameAndValue.get(0), Double.parseDouble(nameAndValue.get(1)));
    }
    return perPoint;
  }
}

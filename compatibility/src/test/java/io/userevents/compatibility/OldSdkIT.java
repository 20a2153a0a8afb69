// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import static io.userevents.compatibility.OtherLibrariesIT.assertRan;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.compatibility.ChildJvm.Output;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions of the SDK: the oldest that is supported, others, and one that is too old. */
final class OldSdkIT {

  @ParameterizedTest
  @CsvSource({
    "1.31.0, periodic",
    "1.31.0, on_attach",
    "1.32.0, periodic",
    "1.37.0, periodic",
    "1.37.0, on_attach"
  })
  void shouldExportAndGoOnAfterAFailure(String version, String reader)
      throws IOException, InterruptedException {
    assertExports(ClassPath.ofTheBuild().withOpenTelemetry(version), reader);
  }

  @ParameterizedTest
  @ValueSource(strings = {"periodic", "on_attach"})
  void shouldExportTheSameWithTheSdkOfTheBuild(String reader)
      throws IOException, InterruptedException {
    assertExports(ClassPath.ofTheBuild(), reader);
  }

  private static void assertExports(ClassPath classPath, String reader)
      throws IOException, InterruptedException {
    Output output = ChildJvm.ofThisJava().run(classPath, Exports.class, reader);

    assertThat(output.exitValue()).as(output.toString()).isZero();
    assertThat(output.stdout())
        .as(output.toString())
        .contains("aggregationTemporalitySelector=")
        .contains("defaultAggregationSelector=")
        .contains("instruments: done=true success=true received=true skipped=0")
        // Success or not is the reader's business; that it has an end is the exporter's.
        .contains("too long: done=true ")
        .contains("after it: done=true success=true received=true skipped=0")
        .contains("shutdown: done=true ")
        .endsWith("end" + System.lineSeparator());
    // The point that was dropped. The reader may say so as well; nobody complains of a method.
    assertThat(output.warnings()).anyMatch(line -> line.startsWith("points dropped because"));
    assertThat(output.stderr()).doesNotContain("Error");
  }

  @ParameterizedTest
  @CsvSource({
    "1.32.0, user_events",
    "1.32.0, user_events_on_attach",
    "1.37.0, user_events",
    "1.37.0, user_events_on_attach"
  })
  void shouldBeMadeByTheAutoconfiguration(String version, String exporter)
      throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with("-Dotel.exporter.user_events.tracefs=/nowhere")
            .with("-Dotel.exporter.user_events.self_metrics=true")
            .run(ClassPath.ofTheBuild().withOpenTelemetry(version), Service.class, exporter);

    assertThat(output.oneWarning()).contains("path=/nowhere/user_events_data");
    assertRan(output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"user_events", "user_events_on_attach"})
  void shouldBeMadeByAnAutoconfigurationWithoutListeners(String exporter)
      throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with("-Dotel.exporter.user_events.tracefs=/nowhere")
            .run(ClassPath.ofTheBuild().withOpenTelemetry("1.31.0"), Service.class, exporter);

    assertThat(output.oneWarning()).contains("path=/nowhere/user_events_data");
    assertRan(output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"user_events", "user_events_on_attach"})
  void shouldSayThatThereAreNoSelfMetricsWithoutListeners(String exporter)
      throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with("-Dotel.exporter.user_events.tracefs=/nowhere")
            .with("-Dotel.exporter.user_events.self_metrics=true")
            .run(ClassPath.ofTheBuild().withOpenTelemetry("1.31.0"), Service.class, exporter);

    assertThat(output.warnings())
        .as(output.toString())
        .hasSize(2)
        .anyMatch(line -> line.contains("path=/nowhere/user_events_data"))
        .anyMatch(
            line ->
                line.contains("the exporter has no metrics about itself")
                    && line.contains("found=1.31.0 (opentelemetry-sdk-common-1.31.0.jar)")
                    && line.contains("needed=1.32.0 or newer"));
    assertRan(output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"user_events", "user_events_on_attach"})
  void shouldRefuseAnAutoconfigurationThatIsTooOld(String exporter)
      throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .with("-Dotel.exporter.user_events.self_metrics=true")
            .with("-Dotel.java.exporter.memory_mode=reusable_data")
            .run(ClassPath.ofTheBuild().withOpenTelemetry("1.30.1"), Service.class, exporter);

    assertThat(output.oneWarning())
        .contains("found=1.30.1 (opentelemetry-sdk-common-1.30.1.jar) needed=1.31.0 or newer");
    assertRan(output);
  }

  @ParameterizedTest
  @CsvSource({"1.30.1, none", "1.30.1, other", "1.31.0, none", "1.31.0, other", "1.32.0, other"})
  void shouldLeaveAServiceAloneThatExportsOtherwise(String version, String exporter)
      throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .run(ClassPath.ofTheBuild().withOpenTelemetry(version), Service.class, exporter);

    assertThat(output.warnings()).as(output.toString()).isEmpty();
    assertThat(output.stderr()).doesNotContain("Error", "Exception");
    assertRan(output);
  }

  @Test
  void shouldRefuseAnSdkThatIsTooOld() throws IOException, InterruptedException {
    Output output =
        ChildJvm.ofThisJava()
            .run(ClassPath.ofTheBuild().withOpenTelemetry("1.30.1"), Exports.class, "periodic");

    assertThat(output.oneWarning())
        .contains("found=1.30.1 (opentelemetry-sdk-common-1.30.1.jar) needed=1.31.0 or newer");
    assertThat(output.stdout())
        .contains("instruments: done=true success=true received=false skipped=1")
        .contains("shutdown: done=true success=true")
        .endsWith("end" + System.lineSeparator());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An exporter without a pipeline, on a class path that has none of what a pipeline needs. */
@Timeout(300)
class DisabledExporterTest {

  private static final List<String> ABSENT = List.of("disruptor", "agrona", "jna");

  @Test
  void shouldDoNothingWithoutDisruptorAgronaOrJna() throws Exception {
    Map<String, String> results = runWithout(ABSENT);

    assertThat(results)
        .containsEntry("attached", "false")
        .containsEntry("recordingNumber", "0")
        .containsEntry("temporality", "CUMULATIVE")
        .containsEntry("memoryMode", "IMMUTABLE_DATA")
        .containsEntry("export", "true")
        .containsEntry("exportCollected", "true")
        .containsEntry("flush", "true")
        .containsEntry("longPoint", "false")
        .containsEntry("doublePoint", "false")
        .containsEntry("copied", "7")
        .containsEntry("forceFlush", "true")
        .containsEntry("shutdown", "true")
        .containsEntry("exportAfterShutdown", "false");
    assertThat(results.get("statistics"))
        .startsWith("ExporterStatistics{exports=2, skippedExports=2, discardedCollections=0,")
        .contains("points.written=0", "pipeline=PipelineStatistics{offered=0, written=0, ");
    assertThat(results.get("toString"))
        .startsWith("UserEventsMetricExporter{pipeline=none (disabled: no Agrona), ")
        .contains("memoryMode=IMMUTABLE_DATA");
  }

  @SuppressWarnings("unchecked") // The scenario's own type, of another class loader.
  private static Map<String, String> runWithout(List<String> libraries) throws Exception {
    List<URL> urls = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      String name = Path.of(entry).getFileName().toString();
      if (libraries.stream().anyMatch(library -> name.startsWith(library + "-"))) {
        left.add(name);
      } else {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    assertThat(left).as("taken from the class path").hasSize(libraries.size());
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> scenario = loader.loadClass(DisabledScenario.class.getName());
      return ((Supplier<Map<String, String>>) scenario.getConstructor().newInstance()).get();
    }
  }
}

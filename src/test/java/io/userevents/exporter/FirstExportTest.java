// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Building the first exporter prepares the first export. */
@Timeout(300)
class FirstExportTest {

  private static final String SAMPLES = "io.userevents.exporter.internal.otlp.SampleMetrics";

  @Test
  void shouldLoadNoClassOfTheExporterOnTheExportingThread() throws Exception {
    List<String> output = outputOfFreshJvm();
    int begin = output.indexOf(FirstExportProgram.BEGIN);
    int end = output.indexOf(FirstExportProgram.END);

    assertThat(begin).as("%s", output).isPositive();
    assertThat(output.subList(0, begin)).as("classes are logged").anyMatch(this::isOfExport);
    // The consumer's thread may load others meanwhile.
    assertThat(output.subList(begin, end)).noneMatch(this::isOfExport);
  }

  @Test
  void shouldShowTheWarmUpInNoCounter() throws Exception {
    List<String> statistics =
        outputOfFreshJvm().stream().filter(line -> line.startsWith("ExporterStatistics{")).toList();

    assertThat(statistics).hasSize(2);
    assertThat(
            statistics.get(0).replaceAll("(attachments|attachedNs|longestDrainPauseNs)=\\d+", ""))
        .contains("exports=0", "offered=0")
        .doesNotContainPattern("=[1-9]");
    assertThat(statistics.get(1)).contains("exports=1,", "points.written=100,");
  }

  @Test
  void shouldBuildAndExportIfTheWarmUpFails() throws Exception {
    Hiding loader = new Hiding(SAMPLES);
    @SuppressWarnings("unchecked") // It is one, of another class loader.
    Supplier<String> program =
        (Supplier<String>)
            loader
                .loadClass(FirstExportProgram.class.getName())
                .getDeclaredConstructor()
                .newInstance();

    assertThat(program.get()).contains("exports=1,", "points.written=100,");
    assertThat(loader.asked).contains(SAMPLES);
  }

  private boolean isOfExport(String line) {
    return line.contains("[class,load] io.userevents.exporter.")
        || line.contains("[class,load] io.userevents.pipeline.Publish");
  }

  private static List<String> outputOfFreshJvm() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-exports="))
        .forEach(command::add);
    // Surefire's own class path is a jar that refers to the real one.
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    command.addAll(
        List.of("-Xlog:class+load", "-cp", classPath, FirstExportProgram.class.getName()));
    Process jvm =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jvm.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  /** Loads the classes of this project again, except one. */
  private static final class Hiding extends ClassLoader {

    final List<String> asked = new ArrayList<>();
    private final String hidden;

    Hiding(String hidden) {
      super(FirstExportTest.class.getClassLoader());
      this.hidden = hidden;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("io.userevents.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known != null ? known : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      asked.add(name);
      if (name.equals(hidden)) {
        throw new ClassNotFoundException(name);
      }
      try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (file == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = file.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the content of the extension, and that other content is missing. */
@SuppressWarnings("NullAway.Init")
final class ExtensionArchiveIT {

  private static final String VERSIONS = "io/userevents/internal/libraries/bundle.properties";

  private JarFile archive;

  @BeforeEach
  void open() throws IOException {
    archive = new JarFile(Path.of("target", "user-events-javaagent-extension.jar").toFile());
  }

  @AfterEach
  void close() throws IOException {
    archive.close();
  }

  @Test
  void shouldHaveNoClassesButOursAndJna() {
    assertThat(files())
        .filteredOn(name -> name.endsWith(".class"))
        .isNotEmpty()
        .extracting(name -> name.replaceFirst("^META-INF/versions/22/", ""))
        .allMatch(name -> name.startsWith("io/userevents/") || name.startsWith("com/sun/jna/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io/userevents/exporter/UserEventsMetricExporter.class",
        "io/userevents/pipeline/RecordPipeline.class",
        "io/userevents/shaded/org/agrona/concurrent/UnsafeBuffer.class",
        "io/userevents/shaded/com/lmax/disruptor/RingBuffer.class",
        "com/sun/jna/Native.class",
        "com/sun/jna/linux-x86-64/libjnidispatch.so",
        "com/sun/jna/linux-aarch64/libjnidispatch.so"
      })
  void shouldHaveWhatTheExporterNeeds(String name) {
    assertThat(files()).contains(name);
  }

  @Test
  void shouldReferToTheRelocatedNamesOnly() throws IOException {
    byte[] pipeline = read("io/userevents/pipeline/RecordRing.class");
    String constants = new String(pipeline, StandardCharsets.ISO_8859_1);

    assertThat(constants).contains("io/userevents/shaded/com/lmax/disruptor/");
    assertThat(constants.replace("io/userevents/shaded/", "shaded:"))
        .doesNotContainPattern("(?<!shaded:)com/lmax/disruptor")
        .doesNotContainPattern("(?<!shaded:)org/agrona");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.opentelemetry.sdk.autoconfigure.spi.metrics.ConfigurableMetricExporterProvider",
        "io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider",
        "io.opentelemetry.sdk.autoconfigure.spi.internal.ConfigurableMetricReaderProvider"
      })
  void shouldOfferItselfToTheSdk(String service) throws IOException {
    String providers = new String(read("META-INF/services/" + service), StandardCharsets.UTF_8);

    assertThat(providers.lines())
        .isNotEmpty()
        .allSatisfy(
            provider -> assertThat(files()).contains(provider.replace('.', '/') + ".class"));
  }

  @Test
  void shouldKeepTheLicencesOfAllThatIsInIt() throws IOException {
    assertThat(files())
        .contains(
            "META-INF/LICENSE",
            "META-INF/licenses/jna/LICENSE",
            "META-INF/licenses/jna/AL2.0",
            "META-INF/licenses/jna/LGPL2.1");
    assertThat(new String(read("META-INF/LICENSE"), StandardCharsets.UTF_8))
        .contains("Apache License");
    assertThat(new String(read("META-INF/NOTICE"), StandardCharsets.UTF_8))
        .contains("org.agrona:agrona", "com.lmax:disruptor", "net.java.dev.jna:jna");
  }

  @Test
  void shouldSayWhichVersionsOfLibrariesAreInIt() throws IOException {
    Properties versions = new Properties();
    versions.load(new ByteArrayInputStream(read(VERSIONS)));

    assertThat(versions.stringPropertyNames())
        .containsExactlyInAnyOrder("agrona", "disruptor", "jna");
    assertThat(versions.values())
        .allSatisfy(version -> assertThat((String) version).matches("\\d+\\.\\d+\\.\\d+"));
  }

  @Test
  void shouldStayAMultiReleaseArchive() throws IOException {
    assertThat(archive.getManifest().getMainAttributes().getValue(Attributes.Name.MULTI_RELEASE))
        .isEqualTo("true");
  }

  private List<String> files() {
    return archive.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
  }

  private byte[] read(String name) throws IOException {
    return archive.getInputStream(archive.getJarEntry(name)).readAllBytes();
  }
}

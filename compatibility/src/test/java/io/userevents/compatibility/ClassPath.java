// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A class path with this project's archives, its tests, and the libraries in the versions of the
 * build or in other ones. Immutable.
 */
final class ClassPath {

  private static final Path OTHER_VERSIONS = Path.of("target", "other-versions");
  private static final String OF_TESTS = "-tests.jar";

  private final List<Path> entries;

  private ClassPath(List<Path> entries) {
    this.entries = List.copyOf(entries);
  }

  /** The class path of the tests, without what only tests need. */
  static ClassPath ofTheBuild() {
    return new ClassPath(
        all()
            .filter(
                entry ->
                    entry.endsWith("test-classes")
                        || name(entry)
                            .matches("(user-events|opentelemetry|agrona|disruptor|jna)-.*\\.jar"))
            .filter(entry -> !name(entry).endsWith(OF_TESTS))
            .toList());
  }

  /** With the stand-ins for the kernel, which are among this project's tests. */
  ClassPath withStandIns() {
    List<Path> standIns = all().filter(entry -> name(entry).endsWith(OF_TESTS)).toList();
    assertThat(standIns).hasSize(1);
    return plus(standIns.get(0));
  }

  private static Stream<Path> all() {
    // The test runner's own class path is a jar that refers to the real one.
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(all.split(File.pathSeparator, -1)).map(Path::of);
  }

  /** Without archives whose names begin like this; there has to be one. */
  ClassPath without(String begin) {
    List<Path> kept =
        entries.stream().filter(entry -> !name(entry).startsWith(begin) || isOurs(entry)).toList();
    assertThat(kept).as("begin=%s in %s", begin, entries).hasSizeLessThan(entries.size());
    return new ClassPath(kept);
  }

  /** With this version of the library in place of the build's. */
  ClassPath with(String artifact, String version) {
    return without(artifact + "-").plus(other(artifact + "-" + version + ".jar"));
  }

  /** With all artifacts of OpenTelemetry in this version, and no others. */
  ClassPath withOpenTelemetry(String version) throws IOException {
    ClassPath result = without("opentelemetry-");
    try (Stream<Path> files = Files.list(OTHER_VERSIONS)) {
      for (Path file :
          files
              .filter(file -> name(file).startsWith("opentelemetry-"))
              .filter(file -> name(file).matches(".*-" + version + "(-alpha)?\\.jar"))
              .toList()) {
        result = result.plus(file);
      }
    }
    return result;
  }

  /** An archive of a version that is not the build's. */
  static Path other(String file) {
    Path path = OTHER_VERSIONS.resolve(file);
    assertThat(path).as("copied by: mvn verify -pl compatibility -am").exists();
    return path;
  }

  ClassPath plus(Path entry) {
    List<Path> more = new ArrayList<>(entries);
    more.add(entry);
    return new ClassPath(more);
  }

  /** Writes an archive with these lines in its manifest, and with this as its class path. */
  void writeArchive(Path archive, Map<String, String> lines) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(
        Attributes.Name.CLASS_PATH,
        entries.stream().map(entry -> entry.toUri().toString()).collect(Collectors.joining(" ")));
    lines.forEach(attributes::putValue);
    new JarOutputStream(Files.newOutputStream(archive), manifest).close();
  }

  /** The archives, without folders. */
  List<Path> archives() {
    return entries.stream().filter(entry -> name(entry).endsWith(".jar")).toList();
  }

  /** This project's archives that users get. */
  List<Path> ourArchives() {
    return archives().stream().filter(ClassPath::isOurs).toList();
  }

  /** The exporter has a name like those of the SDK. */
  private static boolean isOurs(Path entry) {
    return name(entry).matches("(user-events|opentelemetry-exporter-user-events)-.*");
  }

  private static String name(Path entry) {
    return String.valueOf(entry.getFileName());
  }

  @Override
  public String toString() {
    return entries.stream()
        .map(entry -> entry.toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}

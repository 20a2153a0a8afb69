// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every method and field of a library that the archives refer to is there in the oldest version
 * that is said to do. A method that is called once in a year would otherwise fail then.
 */
final class ReferencesIT {

  /** The package of interfaces that exist only with declarative configuration. */
  private static final String INCUBATING = "io.opentelemetry.api.incubator.";

  private static final String OF_SPI = "io.opentelemetry.sdk.autoconfigure.spi.internal.Extended";

  /** A type that one class refers to, which is loaded only if the SDK has entities. */
  private static final String OF_ENTITIES = "io.opentelemetry.sdk.resources.internal.Entity";

  @ParameterizedTest
  @CsvSource({
    "agrona-1.18.0.jar, org.agrona.",
    "agrona-2.6.0.jar, org.agrona.",
    "disruptor-3.4.4.jar, com.lmax.disruptor.",
    "jna-5.0.0.jar, com.sun.jna."
  })
  void shouldReferToNothingThatTheOldestVersionLacks(String archive, String packages)
      throws IOException {
    assertThat(missing(List.of(ClassPath.other(archive)), owner -> owner.startsWith(packages)))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"agrona-1.17.1.jar, org.agrona.", "disruptor-3.0.0.jar, com.lmax.disruptor."})
  void shouldNoticeThatAVersionIsTooOld(String archive, String packages) throws IOException {
    assertThat(missing(List.of(ClassPath.other(archive)), owner -> owner.startsWith(packages)))
        .isNotEmpty();
  }

  @Test
  void shouldReferToFewThingsThatTheOldestSdkLacks() throws IOException {
    List<Path> sdk = ClassPath.ofTheBuild().withOpenTelemetry("1.32.0").archives();

    Set<String> missing =
        missing(
            sdk,
            owner ->
                owner.startsWith("io.opentelemetry.")
                    && !owner.startsWith(INCUBATING)
                    && !owner.startsWith(OF_ENTITIES)
                    && !owner.startsWith(OF_SPI));

    // Attribute values that no older API can make, in code that is reached for these alone.
    assertThat(missing)
        .allSatisfy(
            reference ->
                assertThat(reference)
                    .startsWith("io.opentelemetry.api.common.")
                    .matches(".*\\.(KeyValue|Value|ValueType|AttributeType)\\..*"));
  }

  private static Set<String> missing(List<Path> library, Predicate<String> owners)
      throws IOException {
    List<URL> urls = new ArrayList<>();
    for (Path archive : library) {
      urls.add(archive.toUri().toURL());
    }
    Set<String> missing = new TreeSet<>();
    int found = 0;
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      for (Path archive : ClassPath.ofTheBuild().ourArchives()) {
        for (MemberReferences reference : MemberReferences.in(archive, owners)) {
          if (reference.isIn(loader)) {
            found++;
          } else {
            missing.add(reference.toString());
          }
        }
      }
    }
    // Otherwise nothing was looked at.
    assertThat(found).isPositive();
    return missing;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.libraries;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Knows the versions of the libraries that are in the same archive as this class, as in the
 * javaagent's extension. Neither the name of that archive nor its manifest has their versions, so
 * the build writes them into a resource. Any thread may call the methods; they never throw.
 */
final class Bundle {

  /**
   * The file beside this class that has the versions by the names of the artifacts. Only such an
   * archive has it.
   */
  static final String RESOURCE = "bundle.properties";

  private Bundle() {}

  /**
   * Returns the version of a library, or null if it is not in the same archive.
   *
   * @param typical a class of the library
   */
  static @Nullable String versionOf(String artifact, Class<?> typical) {
    if (typical.getClassLoader() != Bundle.class.getClassLoader()) {
      return null;
    }
    try (InputStream resource = Bundle.class.getResourceAsStream(RESOURCE)) {
      return resource == null ? null : versionOf(artifact, resource);
    } catch (IOException | RuntimeException e) {
      // This is only for a message, which then says that the version is not known.
      return null;
    }
  }

  static @Nullable String versionOf(String artifact, InputStream resource) throws IOException {
    Properties versions = new Properties();
    versions.load(resource);
    return versions.getProperty(artifact);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.libraries;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A library that this project is built on, with the versions that the project needs and the version
 * that is present. Immutable.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param name the usual name
 * @param group group of its Maven artifact
 * @param artifact name of its Maven artifact, which is also the beginning of its archive's name
 * @param typicalClass a class that every version has, by its full name
 * @param packages the beginning of its classes' names
 * @param needed the versions that are tested, for a message
 */
public record Library(
    String name,
    String group,
    String artifact,
    String typicalClass,
    String packages,
    String needed) {

  // The relocation of the javaagent's extension renames literals that begin like a package, which
  // is right for the classes and would be wrong for a group that begins like one.

  /** The library of the ring. */
  public static final Library DISRUPTOR =
      new Library(
          "Disruptor",
          "com.lmax",
          "disruptor",
          "com.lmax.disruptor.RingBuffer",
          "com.lmax.disruptor.",
          "3.4.4 or newer");

  /** The library of the buffers. */
  public static final Library AGRONA =
      new Library(
          "Agrona",
          "org".concat(".agrona"),
          "agrona",
          "org.agrona.BitUtil",
          "org.agrona.",
          "1.18.0 to 1.23.1, or 2.x with a flag of the JVM");

  /** The library of the system calls. */
  public static final Library JNA =
      new Library(
          "JNA", "net.java.dev.jna", "jna", "com.sun.jna.Native", "com.sun.jna.", "5.0.0 or newer");

  private static final Pattern ARCHIVE = Pattern.compile("([^/!]+)\\.jar(!?/)?$");

  /** Returns the library's class without initializing it, or null if it is not found. */
  @Nullable Class<?> find() {
    try {
      return Class.forName(typicalClass, false, Library.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  /**
   * Returns the version that is present, for a message: {@code 3.4.4 (disruptor-3.4.4.jar)}. Never
   * throws.
   *
   * @return the version and its archive
   */
  public String found() {
    Class<?> found = find();
    if (found == null) {
      return "none";
    }
    String bundled = Bundle.versionOf(artifact, found);
    if (bundled != null) {
      return bundled + " (part of the javaagent's extension)";
    }
    URL location = location(found);
    if (location == null) {
      String version = moduleVersion(found);
      return version == null ? "a version that is not known" : version;
    }
    Matcher archive = ARCHIVE.matcher(location.getPath());
    if (!archive.find()) {
      return "a version that is not known (" + location + ")";
    }
    String file = archive.group(1);
    String version = moduleVersion(found);
    if (version == null) {
      version = versionOf(file, location);
    }
    return (version == null ? "a version that is not known" : version) + " (" + file + ".jar)";
  }

  /**
   * Returns whether the library is in the javaagent's extension, whose users cannot choose the
   * version.
   */
  boolean isBundled() {
    Class<?> found = find();
    return found != null && Bundle.versionOf(artifact, found) != null;
  }

  private @Nullable String versionOf(String file, URL location) {
    if (!file.startsWith(artifact)) {
      // An archive that has more in it says nothing of this library in its name or manifest.
      return null;
    }
    String rest = file.substring(artifact.length());
    return rest.matches("-\\d.*") ? rest.substring(1) : manifestVersion(location);
  }

  private static @Nullable String moduleVersion(Class<?> found) {
    ModuleDescriptor descriptor = found.getModule().getDescriptor();
    return descriptor == null ? null : descriptor.rawVersion().orElse(null);
  }

  private static @Nullable URL location(Class<?> found) {
    try {
      CodeSource source = found.getProtectionDomain().getCodeSource();
      return source == null ? null : source.getLocation();
    } catch (SecurityException e) {
      return null;
    }
  }

  private static @Nullable String manifestVersion(URL location) {
    try {
      Path path = Path.of(location.toURI());
      if (!Files.isRegularFile(path)) {
        return null;
      }
      try (JarFile jar = new JarFile(path.toFile())) {
        Manifest manifest = jar.getManifest();
        if (manifest == null) {
          return null;
        }
        Attributes attributes = manifest.getMainAttributes();
        String version = attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
        return version != null ? version : attributes.getValue("Bundle-Version");
      }
    } catch (IOException | URISyntaxException | RuntimeException e) {
      // This is only for a message, which then says that the version is not known.
      return null;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.site;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** The files of a project, without those that a build makes and those of hidden folders. */
final class ProjectFiles {

  private ProjectFiles() {}

  /** The files whose names end with one of these, as paths below the project's folder. */
  static List<Path> below(Path project, List<String> suffixes) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          project,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              String name = folder.getFileName().toString();
              boolean hidden = name.startsWith(".") && !name.matches("\\.+");
              return hidden || name.equals("target")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (suffixes.stream().anyMatch(file.toString()::endsWith)) {
                found.add(project.relativize(file));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    found.sort(null);
    return found;
  }

  static boolean isBuilt(Path file) {
    return StreamSupport.stream(file.spliterator(), false)
        .anyMatch(name -> name.toString().equals("target"));
  }
}

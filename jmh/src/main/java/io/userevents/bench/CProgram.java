// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A program in C from this jar, which gcc compiles into a new folder. Closing it deletes both. */
final class CProgram implements AutoCloseable {

  private final Path folder;
  private final Path binary;

  private CProgram(Path folder, Path binary) {
    this.folder = folder;
    this.binary = binary;
  }

  static boolean canCompile() {
    return Commands.exists("gcc");
  }

  /**
   * Compiles a source.
   *
   * @param name name of the source without {@code .c}
   * @param options options of gcc, before the source
   * @throws IOException if the source cannot be compiled; gcc writes the reason to standard error
   */
  static CProgram compile(String name, String... options) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("user-events-bench");
    CProgram program = new CProgram(folder, folder.resolve(name));
    try {
      Path source = folder.resolve(name + ".c");
      try (InputStream packed =
          Objects.requireNonNull(CProgram.class.getResourceAsStream("/" + name + ".c"), name)) {
        Files.copy(packed, source);
      }
      List<String> command = new ArrayList<>(List.of("gcc", "-O2"));
      command.addAll(List.of(options));
      command.addAll(List.of("-o", program.binary.toString(), source.toString()));
      List<String> unused = Commands.lines(command);
      Files.delete(source);
      return program;
    } catch (IOException | InterruptedException | RuntimeException e) {
      program.close();
      throw e;
    }
  }

  Path binary() {
    return binary;
  }

  @Override
  public void close() throws IOException {
    Commands.deleteFolder(folder);
  }
}

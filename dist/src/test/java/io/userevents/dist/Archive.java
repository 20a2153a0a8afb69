// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** The archive that the build has created. */
final class Archive {

  static final String VERSION = System.getProperty("userevents.version", "");

  /**
   * The folder with the sources of the archive's files. Tests run in the folder of their module.
   */
  static final Path SOURCES = Path.of("src");

  static final Path DOCUMENTS = Path.of("..", "docs");

  private Archive() {}

  static Path file() {
    return Path.of(System.getProperty("userevents.archive", ""));
  }

  /** Unpacks the archive in a folder, and returns the archive's top folder. */
  static Path unpack(Path folder) throws IOException, InterruptedException {
    Command.Result unpacked =
        Command.run("tar", "-xzf", file().toString(), "-C", folder.toString());
    assertThat(unpacked).isEqualTo(new Command.Result(0, ""));
    return folder.resolve("user-events-" + VERSION);
  }
}

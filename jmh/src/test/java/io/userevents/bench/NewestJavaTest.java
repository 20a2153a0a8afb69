// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewestJavaTest {

  @TempDir private Path folder;

  @Test
  void shouldTakeTheHighestVersionThatHasAJvm() throws IOException {
    install("a", "JAVA_VERSION=\"9.0.4\"", true);
    install("b", "JAVA_VERSION=\"25.0.3\"", true);
    install("c", "JAVA_VERSION=\"26\"", false);
    install("d", "nothing", true);

    assertThat(NewestJava.newestIn(folder))
        .contains(new NewestJava(25, folder.resolve("b/bin/java")));
  }

  @Test
  void shouldFindNothingWhereNothingIs() {
    assertThat(NewestJava.newestIn(folder)).isEmpty();
    assertThat(NewestJava.newestIn(folder.resolve("gone"))).isEmpty();
  }

  @Test
  void shouldNotBeOlderThanThisJvm() {
    NewestJava found = NewestJava.find();

    assertThat(found.version()).isGreaterThanOrEqualTo(Runtime.version().feature());
    assertThat(found.executable()).isExecutable();
  }

  private void install(String name, String release, boolean hasJava) throws IOException {
    Path home = Files.createDirectories(folder.resolve(name));
    Files.writeString(home.resolve("release"), release + "\n");
    if (hasJava) {
      Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
      Files.writeString(java, "");
      assertThat(java.toFile().setExecutable(true)).isTrue();
    }
  }
}

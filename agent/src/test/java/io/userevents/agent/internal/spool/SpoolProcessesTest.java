// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spools in several processes, and in processes that are killed. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpoolProcessesTest {

  private static final int KILLS = 20;

  @TempDir Path parent = Path.of("");

  @Test
  void shouldRefuseAFolderThatAnotherProcessUsesUntilThatEnds() throws Exception {
    Path folder = parent.resolve("spool");
    Process holder = SpoolProcess.start("hold", folder.toString());
    try (BufferedReader output = holder.inputReader()) {
      assertThat(output.readLine()).isEqualTo("held 0");

      assertThatThrownBy(() -> Spool.open(folder, SpoolProcess.SETTINGS))
          .isInstanceOf(SpoolException.class)
          .hasMessage(
              "another agent uses the spool: folder="
                  + folder
                  + " pid="
                  + holder.pid()
                  + "; stop that agent, or give this agent another folder");
    } finally {
      holder.destroyForcibly().waitFor();
    }
    Spool.open(folder, SpoolProcess.SETTINGS).close();
  }

  /** Loads the spool's classes once more, as an application server does for each application. */
  private static final class Copies extends ClassLoader {

    Copies() {
      super(Spool.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean isResolved) throws ClassNotFoundException {
      if (!name.startsWith(Spool.class.getPackageName())) {
        return super.loadClass(name, isResolved);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = requireNonNull(file, name).readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  private static void openByCopies(Path folder) throws Exception {
    Class<?> settings = new Copies().loadClass(SpoolSettings.class.getName());
    Object builder = settings.getMethod("builder").invoke(null);
    Object built = builder.getClass().getMethod("build").invoke(builder);
    settings
        .getClassLoader()
        .loadClass(Spool.class.getName())
        .getMethod("open", Path.class, settings)
        .invoke(null, folder, built);
  }

  @Test
  void shouldKeepOtherProcessesOutAfterOtherSpoolsInThisOneWereRefused() throws Exception {
    Path folder = parent.resolve("spool");
    try (Spool spool = Spool.open(folder, SpoolProcess.SETTINGS)) {
      assertThatThrownBy(() -> Spool.open(folder, SpoolProcess.SETTINGS))
          .isInstanceOf(SpoolException.class);
      assertThatThrownBy(() -> openByCopies(folder))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .hasMessageStartingWith("another agent uses the spool: folder=" + folder);

      Process other = SpoolProcess.start("hold", folder.toString());
      try (BufferedReader output = other.inputReader()) {
        assertThat(output.readLine())
            .startsWith("another agent uses the spool: folder=" + folder)
            .contains("pid=" + ProcessHandle.current().pid());
      } finally {
        other.destroyForcibly().waitFor();
      }
      assertThat(spool.isEmpty()).isTrue();
    }
  }

  @Test
  void shouldLoseNothingThatWasAppendedWhenItsProcessIsKilled() throws Exception {
    long seed = Long.getLong("spool.seed", System.nanoTime());
    System.out.println("SpoolProcessesTest: seed of the kills: -Dspool.seed=" + seed);
    Random random = new Random(seed);
    Path folder = parent.resolve("spool");
    int next = 0;
    int removed = -1;
    for (int kill = 0; kill < KILLS; kill++) {
      int appended = next - 1;
      Process process =
          SpoolProcess.start(
              "loop", folder.toString(), Integer.toString(next), Long.toString(random.nextLong()));
      try (BufferedReader output = process.inputReader()) {
        int lines = 1 + random.nextInt(400);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
          int number = Integer.parseInt(line.substring(line.indexOf(' ') + 1));
          if (line.startsWith("appended ")) {
            assertThat(number).isEqualTo(appended + 1);
            appended = number;
          } else {
            // The kill may have come between a removal and its line.
            assertThat(number).isBetween(removed + 1, removed + 2);
            removed = number;
          }
          if (--lines == 0) {
            // Not Process.destroyForcibly, which closes the output before all is read.
            process.toHandle().destroyForcibly();
          }
        }
      } finally {
        process.destroyForcibly().waitFor();
      }

      List<Integer> given = numbersIn(copyOf(folder, "copy " + kill));
      String how = "seed=" + seed + " kill=" + kill;
      assertThat(given).as(how).isNotEmpty();
      int first = given.get(0);
      assertThat(first).as(how).isBetween(removed + 1, removed + 2);
      for (int i = 0; i < given.size(); i++) {
        assertThat(given.get(i)).as(how).isEqualTo(first + i);
      }
      int last = first + given.size() - 1;
      assertThat(last).as(how).isBetween(appended, appended + 1);
      removed = first - 1;
      next = last + 1;
    }
    assertThat(removed).isPositive();
  }

  private static List<Integer> numbersIn(Path folder) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (CapturedLog log = new CapturedLog();
        Spool spool = Spool.open(folder, SpoolProcess.SETTINGS)) {
      assertThat(log.lines).hasSize(1);
      for (SpooledBatch batch = spool.peek(); batch != null; batch = spool.peek()) {
        numbers.add(SpoolProcess.number(batch.bytes()));
        spool.remove();
      }
    }
    return numbers;
  }

  private Path copyOf(Path folder, String name) throws IOException {
    Path copy = Files.createDirectory(parent.resolve(name));
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.toList()) {
        Files.copy(path, copy.resolve(path.getFileName()));
      }
    }
    return copy;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.userevents.testing.ChildJvm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that have so much of something that they could take all memory, or time without end. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFilesTest {

  private static final int MOST_LAYOUTS = 4096;

  @TempDir Path folder = Path.of("");

  @Test
  void shouldReadManyLayouts() throws Exception {
    byte[] bytes = HostileFiles.layouts(MOST_LAYOUTS, 0);
    try (EventFile file = open(bytes)) {
      assertThat(file.formats()).hasSize(MOST_LAYOUTS);
      assertThat(file.formats().get(7).name()).isEqualTo("event_7");
      assertThat(file.readAll(sample -> {})).isZero();
    }
  }

  @Test
  void shouldRefuseMoreLayoutsWithTheOffsetOfTheFirstTooMany() throws Exception {
    byte[] bytes = HostileFiles.layouts(MOST_LAYOUTS + 1, 0);

    assertThatExceptionOfType(EventFileException.class)
        .isThrownBy(() -> open(bytes))
        .withMessageContaining("number=4096")
        .withMessageContaining("choose the tracepoints by their names")
        .satisfies(
            e ->
                assertThat(e.offset())
                    .isEqualTo(HostileFiles.lastLayoutAt(bytes, MOST_LAYOUTS + 1, 0)));
    try (EventFile file = builder(bytes).setEventNames("event_5", "event_4096").open()) {
      assertThat(file.formats()).hasSize(2);
    }
  }

  @Test
  void shouldRefuseLongerLayoutsThanItKeeps() throws Exception {
    int length = 1 << 20;
    byte[] bytes = HostileFiles.layouts(17, length);

    assertThatExceptionOfType(EventFileException.class)
        .isThrownBy(() -> open(bytes))
        .withMessageContaining("number=16 length=16777216 ")
        .satisfies(
            e -> assertThat(e.offset()).isEqualTo(HostileFiles.lastLayoutAt(bytes, 17, length)));
  }

  /** Eight times as many take eight times as long, and not sixty-four times. */
  @Test
  void shouldReadLayoutsInTimeThatGrowsAsTheyDo() throws Exception {
    byte[] few = HostileFiles.layouts(MOST_LAYOUTS / 8, 0);
    byte[] many = HostileFiles.layouts(MOST_LAYOUTS, 0);
    long timeOfFew = Long.MAX_VALUE;
    long timeOfMany = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      timeOfFew = Math.min(timeOfFew, cpuTimeOfOpening(few));
      timeOfMany = Math.min(timeOfMany, cpuTimeOfOpening(many));
    }
    assertThat(timeOfMany).isLessThan(24 * timeOfFew);
  }

  private long cpuTimeOfOpening(byte[] bytes) throws IOException {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    open(bytes).close();
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
  }

  /** Otherwise the same bytes would be read for each CPU. */
  @Test
  void shouldRefuseCpusWhoseDataOverlap() {
    assertThatExceptionOfType(EventFileException.class)
        .isThrownBy(() -> open(HostileFiles.cpus(2, 4095)))
        .withMessageContaining("the data of two CPUs overlap");
  }

  @Test
  void shouldRefuseASecondSectionOfLayouts() {
    assertThatExceptionOfType(EventFileException.class)
        .isThrownBy(() -> open(HostileFiles.twoSectionsOfLayouts()))
        .withMessageContaining("a second section with layouts of events");
  }

  @Test
  void shouldCountIdsThatAreReadAgain() throws Exception {
    PerfEvents events = new PerfEvents("hostile");
    PerfAttr attr = new PerfAttr(2, 464, 0, 0, PerfAttr.OWN_CLOCK);
    for (int i = 0; i < 1 << 18; i++) {
      events.addId(7, attr, 0);
    }

    assertThatExceptionOfType(EventFileException.class)
        .isThrownBy(() -> events.addId(7, attr, 4711))
        .withMessageContaining("more than 262144 ids of events")
        .satisfies(e -> assertThat(e.offset()).isEqualTo(4711));
  }

  /** Runs in a separate process with little memory. */
  @Test
  void shouldBoundTheMemoryThatAnyFileTakes() throws Exception {
    List<Path> paths =
        List.of(
            Files.write(folder.resolve("layouts"), HostileFiles.layouts(MOST_LAYOUTS, 0)),
            Files.write(folder.resolve("long-layouts"), HostileFiles.layouts(32, 1 << 20)),
            Files.write(folder.resolve("cpus"), HostileFiles.cpus(65_536)),
            Files.write(folder.resolve("options"), HostileFiles.options(900_000)));
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    Opening.class,
                    List.of("-Xmx128m", "-XX:+UseSerialGC"),
                    paths.stream().map(Path::toString).toArray(String[]::new)))
            // Newer JVMs print warnings about libraries there.
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();

    assertThat(process.waitFor()).as(lines.toString()).isZero();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).isEqualTo("read 4096 layouts");
    assertThat(lines.get(1)).contains("need too much memory: number=16 ");
    assertThat(lines.get(2)).contains("its CPUs need too much memory");
    assertThat(lines.get(3)).isEqualTo("read 0 layouts");
  }

  /** Reads files, and says how each ended. */
  static final class Opening {

    private Opening() {}

    public static void main(String[] paths) throws IOException {
      for (String path : paths) {
        try (EventFile file = EventFile.builder(Path.of(path)).open()) {
          long unused = file.readAll(sample -> {});
          System.out.println("read " + file.formats().size() + " layouts");
        } catch (EventFileException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  private EventFileBuilder builder(byte[] bytes) {
    return EventFile.builder(new ByteArrayInputStream(bytes), "hostile");
  }

  private EventFile open(byte[] bytes) throws IOException {
    return builder(bytes).open();
  }
}

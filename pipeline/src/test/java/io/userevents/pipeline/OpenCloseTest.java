// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process opens and closes 10,000 pipelines, which leave nothing behind; see the program. */
@Timeout(1800)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenCloseTest {

  private static final int PIPELINES = 10_000;
  private static final int PIPELINES_PER_MEASUREMENT = 1_000;

  /**
   * The JVM's heap has all its pages from the start, so resident memory grows by what is beside it:
   * compiled code, and the holes of malloc. By 0.5 MiB when measured, most of it early; 1 MiB is
   * 116 bytes for each pipeline after the first measurement.
   */
  private static final long RESIDENT_SLACK_BYTES = 1 << 20;

  /** The JVM keeps less than 30 bytes for each pipeline. Measured: 0.1 MiB. */
  private static final long HEAP_SLACK_BYTES = 256 << 10;

  /**
   * The enable word and the arguments of the ioctls are left to the collector, since a thread may
   * ask for the word after the end. Measured: 248 bytes. The slots are 16 KiB.
   */
  private static final long LEFT_TO_COLLECTOR_BYTES = 1 << 10;

  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xms48m",
          "-Xmx48m",
          "-XX:+AlwaysPreTouch",
          // Otherwise other threads come and go.
          "-XX:+UseSerialGC",
          "-XX:-UseDynamicNumberOfCompilerThreads",
          "-XX:TieredStopAtLevel=1");

  private final List<Long> mostLeftByOne = new ArrayList<>();
  private final List<Footprint> footprints = new ArrayList<>();

  @BeforeAll
  void openAndClose(@TempDir Path folder) throws Exception {
    Files.createFile(folder.resolve("user_events_data"));
    ProcessBuilder builder =
        new ProcessBuilder(
            ChildJvm.command(
                OpenCloseProgram.class,
                JVM_OPTIONS,
                folder.toString(),
                Integer.toString(PIPELINES),
                Integer.toString(PIPELINES_PER_MEASUREMENT)));
    // With more arenas it is chance which of them a new thread takes and so has to grow
    // (mallopt(3)).
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    for (String line : output.lines().toList()) {
      String[] leftAndFootprint = line.split(" ", 2);
      mostLeftByOne.add(Long.parseLong(leftAndFootprint[0]));
      footprints.add(Footprint.parse(leftAndFootprint[1]));
    }
    assertThat(footprints).hasSize(1 + PIPELINES / PIPELINES_PER_MEASUREMENT);
  }

  @Test
  void shouldFreeTheSlotsOfEachPipelineWithoutWaitingForTheCollector() {
    assertThat(mostLeftByOne).allMatch(left -> left <= LEFT_TO_COLLECTOR_BYTES);
  }

  @Test
  void shouldLeaveNoDirectMemoryToWhoeverCollects() {
    long bound = first().directBytes();

    assertThat(footprints).extracting(Footprint::directBytes).allMatch(bytes -> bytes <= bound);
  }

  @Test
  void shouldLeaveNoDescriptorOpen() {
    int bound = first().descriptors();

    assertThat(footprints).extracting(Footprint::descriptors).allMatch(count -> count <= bound);
  }

  /**
   * There may be fewer: JNA asks ldconfig, and the JVM's reaper of processes ends after a minute.
   */
  @Test
  void shouldLeaveNoThreadRunning() {
    int bound = first().threads();

    assertThat(footprints).extracting(Footprint::threads).allMatch(count -> count <= bound);
  }

  @Test
  void shouldNotGrowOnTheHeap() {
    long bound = warm().get(0).heapBytes() + HEAP_SLACK_BYTES;

    assertThat(warm()).extracting(Footprint::heapBytes).allMatch(bytes -> bytes <= bound);
  }

  @Test
  void shouldNotGrowInResidentMemory() {
    long bound = warm().get(0).residentBytes() + RESIDENT_SLACK_BYTES;

    assertThat(warm()).extracting(Footprint::residentBytes).allMatch(bytes -> bytes <= bound);
  }

  /** Before the first pipeline. */
  private Footprint first() {
    return footprints.get(0);
  }

  /** When all classes are loaded, and what is called often is compiled. */
  private List<Footprint> warm() {
    return footprints.subList(1, footprints.size());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.Executed;
import io.userevents.tracepoint.Tracefs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On a kernel with user_events, as root. */
@Tag("kernel")
final class DemoKernelTest {

  @Test
  void shouldReceiveEveryPointThroughTheKernel() throws IOException {
    String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();

    Executed demo = Executed.command("demo", "--seconds", "2");

    assertThat(demo.exitCode()).as("%s%s", demo.out(), demo.err()).isZero();
    assertThat(demo.err()).isEmpty();
    assertThat(demo.lastLine())
        .matches("demo: points exported=\\d+ received=\\d+ records written=\\d+ .*")
        .endsWith(" lost=0 via=kernel " + release + " user_events");
    assertThat(demo.count("exported")).isPositive().isEqualTo(demo.count("received"));
  }

  @Test
  void shouldLeaveNothingBehind() throws IOException {
    long before = instances();

    assertThat(Executed.command("demo", "--no-loopback", "--seconds", "1").exitCode()).isZero();

    assertThat(instances()).isEqualTo(before);
  }

  @Test
  void shouldPreferLoopbackIfAsked() {
    assertThat(Executed.command("demo", "--loopback", "--seconds", "1").lastLine())
        .endsWith(" lost=0 via=loopback");
  }

  private static long instances() throws IOException {
    try (Stream<Path> folders = Files.list(Tracefs.find().orElseThrow().resolve("instances"))) {
      return folders.count();
    }
  }
}

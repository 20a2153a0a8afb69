// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.LoopbackTracepoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Builds a pipeline with a large ring in a process that may have so many MiB of address space more
 * than it has, publishes a record and says how that went.
 */
final class RingMemoryProgram {

  private static final long MIB = 1 << 20;

  private RingMemoryProgram() {}

  public static void main(String[] arguments) throws Exception {
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("ring");
    tracepoint.attach(event -> {});
    // The ring's classes and JNA's library are there before the limit is.
    try (RecordPipeline small =
        RecordPipeline.builder().setTracepoint(new LoopbackTracepoint("first")).build()) {
      if (small.state() == TracepointState.UNAVAILABLE) {
        throw new IllegalStateException("not even a small one");
      }
    }
    limitAddressSpace(Long.parseLong(arguments[0]) * MIB + addressSpace());
    RecordPipeline pipeline =
        RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(1 << 16).build();
    boolean attached = pipeline.isAttached();
    boolean taken = pipeline.publish(new UnsafeBuffer(new byte[8]), 0, 8).isAccepted();
    pipeline.flush().get(60, TimeUnit.SECONDS);
    System.out.println(
        "state="
            + pipeline.state()
            + " attached="
            + attached
            + " taken="
            + taken
            + " written="
            + pipeline.statistics().written());
    pipeline.close();
  }

  private static void limitAddressSpace(long bytes) throws IOException, InterruptedException {
    Process prlimit =
        new ProcessBuilder(
                "prlimit", "--pid", Long.toString(ProcessHandle.current().pid()), "--as=" + bytes)
            .inheritIO()
            .start();
    if (prlimit.waitFor() != 0) {
      throw new IllegalStateException("prlimit (util-linux) failed");
    }
  }

  private static long addressSpace() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmSize:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }
}

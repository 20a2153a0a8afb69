// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * {@code perf record} on the event, and its samples' raw bytes out of {@code perf script -D}.
 *
 * <p>A sample as perf dumps it, for the sample type that {@link #SAMPLE_TYPE} names ({@code
 * perf_event_open(2)}): header (8), identifier, ip, tid, time, cpu, period (8 each), u32 raw size,
 * then the tracepoint's entry: common fields (8), protocol (4), version (8), rel_loc (4), buffer.
 */
final class PerfReader {

  private static final String SAMPLE_TYPE = "sample_type: IP|TID|TIME|CPU|PERIOD|RAW|IDENTIFIER,";
  private static final int RAW_OFFSET = 8 + 6 * 8 + 4;
  private static final int VERSION_OFFSET = RAW_OFFSET + 8 + 4;
  private static final int REL_LOC_OFFSET = VERSION_OFFSET + 8;
  private static final int BUFFER_OFFSET = REL_LOC_OFFSET + 4;

  private final Path data;
  private final Workload workload;

  private PerfReader(Path data, Workload workload) {
    this.data = data;
    this.workload = workload;
  }

  static PerfReader start() throws IOException, InterruptedException {
    Path data = Files.createTempDirectory("perf").resolve("perf.data");
    return new PerfReader(
        data,
        Workload.start(
            "perf",
            "record",
            "-a",
            "-m",
            "1024",
            "-e",
            "user_events:" + Tracing.EVENT,
            "-o",
            data.toString(),
            "--"));
  }

  /** Ends the recording and returns the buffers of all samples. */
  List<byte[]> end() throws IOException, InterruptedException {
    String printed = workload.end();
    assertThat(printed).doesNotContain("LOST").doesNotContain("lost");
    assertThat(Tracing.run("perf", "evlist", "-v", "-i", data.toString())).contains(SAMPLE_TYPE);
    List<byte[]> buffers = new ArrayList<>();
    for (byte[] sample : samples(Tracing.run("perf", "script", "-D", "-i", data.toString()))) {
      ByteBuffer bytes = ByteBuffer.wrap(sample).order(ByteOrder.nativeOrder());
      assertThat(new String(sample, VERSION_OFFSET, 8, StandardCharsets.US_ASCII))
          .isEqualTo("v0.19.00");
      int length = bytes.getInt(REL_LOC_OFFSET) >>> 16;
      byte[] buffer = new byte[length];
      bytes.get(BUFFER_OFFSET, buffer);
      buffers.add(buffer);
    }
    return buffers;
  }

  /** The bytes of each event of type PERF_RECORD_SAMPLE (9) in the hexadecimal dump. */
  private static List<byte[]> samples(String dump) {
    List<byte[]> samples = new ArrayList<>();
    StringBuilder hex = null;
    for (String line : (dump + "\n").lines().toList()) {
      if (line.endsWith(": event: 9")) {
        hex = new StringBuilder();
      } else if (hex != null && line.startsWith(".  ") && line.indexOf(':') > 0) {
        // 16 bytes in columns of three characters after the offset, then the same as text.
        int start = line.indexOf(':') + 3;
        hex.append(line, start, Math.min(line.length(), start + 16 * 3 - 1));
      } else if (hex != null && line.isEmpty()) {
        samples.add(HexFormat.of().parseHex(hex.toString().replace(" ", "")));
        hex = null;
      }
    }
    return samples;
  }
}

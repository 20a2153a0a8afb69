// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel's own ftrace buffer, recorded and printed by trace-cmd, which shows the event's raw
 * fields: {@code protocol=0 version=v0.19.00 buffer=ARRAY[0a, 1b]}.
 */
final class FtraceReader implements EventReader {

  private static final Pattern BUFFER =
      Pattern.compile("protocol=0 version=v0\\.19\\.00 buffer=ARRAY\\[([0-9a-f, ]*)]");

  private final Path data;
  private final Workload workload;

  private FtraceReader(Path data, Workload workload) {
    this.data = data;
    this.workload = workload;
  }

  static FtraceReader start() throws IOException, InterruptedException {
    Path data = Files.createTempDirectory("ftrace").resolve("trace.dat");
    return new FtraceReader(
        data,
        Workload.start(
            "trace-cmd",
            "record",
            "-b",
            "8192",
            "-e",
            "user_events:" + Tracing.EVENT,
            "-o",
            data.toString()));
  }

  /** Ends the recording and returns the buffers of all events. */
  @Override
  public List<byte[]> end() throws IOException, InterruptedException {
    workload.end();
    List<byte[]> buffers = new ArrayList<>();
    String report = Tracing.run("trace-cmd", "report", "-R", "-i", data.toString());
    Matcher matcher = BUFFER.matcher(report);
    while (matcher.find()) {
      buffers.add(HexFormat.of().parseHex(matcher.group(1).replace(", ", "")));
    }
    return buffers;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.KernelTracepoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other code of the process closes the tracepoint's descriptor. */
@Tag("kernel")
final class LostDescriptorTest {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  @TempDir Path folder;

  private final Syscalls calls = Syscalls.ofThisMachine();
  private final RecordPipeline pipeline =
      RecordPipeline.builder().setTracepoint(new KernelTracepoint(Tracing.EVENT)).build();
  private int fd = -1;

  @BeforeEach
  void findTheDescriptor() throws Exception {
    Tracing.await("registration", () -> descriptors() == 1);
    try (Stream<Path> open = Files.list(DESCRIPTORS)) {
      fd =
          open.filter(LostDescriptorTest::isDataFile)
              .mapToInt(path -> Integer.parseInt(path.getFileName().toString()))
              .findFirst()
              .orElseThrow();
    }
  }

  @AfterEach
  void close() throws Exception {
    pipeline.close();
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.outcomes()).isEqualTo(statistics.offered());
    Tracing.await("end of the event", () -> !Tracing.eventExists());
    assertThat(descriptors()).isZero();
  }

  @Test
  void shouldDeliverTheNextRecordToTheListenerThatIsAttached() throws Exception {
    PerfReader perf = PerfReader.start();
    publish("before");
    assertThat(calls.close(fd)).isZero();

    publish("first after");
    publish("second after");

    assertThat(texts(perf.end())).containsExactly("before", "first after", "second after");
    assertThat(pipeline.statistics().count(Outcome.WRITTEN)).isEqualTo(3);
  }

  @Test
  void shouldDeliverRecordsToAListenerThatAttachesLater() throws Exception {
    assertThat(calls.close(fd)).isZero();
    assertThat(descriptors()).isZero();
    Tracing.await("another registration", () -> descriptors() == 1);

    PerfReader perf = PerfReader.start();
    publish("after");

    assertThat(texts(perf.end())).containsExactly("after");
  }

  @Test
  void shouldLeaveAloneTheFileThatHasGotTheNumber() throws Exception {
    Path file = folder.resolve("other");
    Files.createFile(file);
    int other = calls.open(file.toString(), Syscalls.O_WRONLY);
    assertThat(other).isNotNegative();
    int copied =
        NativeLibrary.getInstance("c").getFunction("dup2").invokeInt(new Object[] {other, fd});
    assertThat(copied).isEqualTo(fd);
    Tracing.await("another registration", () -> descriptors() == 1);

    PerfReader perf = PerfReader.start();
    publish("after");

    assertThat(texts(perf.end())).containsExactly("after");
    assertThat(file).isEmptyFile();
    assertThat(calls.close(fd)).as("it was left open").isZero();
    assertThat(calls.close(other)).isZero();
  }

  private void publish(String text) throws Exception {
    UnsafeBuffer record = new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
    Tracing.await("attachment", pipeline::isAttached);
    assertThat(pipeline.publish(record, 0, record.capacity()).isAccepted()).isTrue();
    pipeline.flush().get(300, TimeUnit.SECONDS);
  }

  private static List<String> texts(List<byte[]> buffers) {
    return buffers.stream().map(buffer -> new String(buffer, StandardCharsets.UTF_8)).toList();
  }

  private static long descriptors() {
    try (Stream<Path> open = Files.list(DESCRIPTORS)) {
      return open.filter(LostDescriptorTest::isDataFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isDataFile(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).endsWith("user_events_data");
    } catch (IOException e) {
      // The descriptor of the folder itself is closed by now.
      return false;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.Tracepoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a folder in place of tracefs, and with scripted system calls that fail as a test wants. */
class AttachmentTest {

  private static final String FORMAT =
      """
      name: otlp_metrics
      ID: 1500
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
      \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:u32 protocol;\toffset:8;\tsize:4;\tsigned:0;
      \tfield:char[8] version;\toffset:12;\tsize:8;\tsigned:0;
      \tfield:__rel_loc u8[] buffer;\toffset:20;\tsize:4;\tsigned:0;
      """;
  private static final String HEADER_PAGE =
      """
      \tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
      \tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
      \tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
      \tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;
      """;

  private static final String EVENT = "otlp_metrics";
  private static final int HELD_FD = 99;
  private static final int WAKEUP_FD = 98;

  private final ScriptedKernel kernel = new ScriptedKernel();
  private final ScriptedRegistration registration = new ScriptedRegistration();
  @TempDir private Path tracefs = Path.of("");
  private Path folder = Path.of("");
  private final Wakeup wakeup = wakeup();
  private Attachment attachment = attachment();

  @BeforeEach
  void createInstance() throws IOException {
    Files.createDirectories(tracefs.resolve("events"));
    folder = tracefs.resolve("instances/listener");
    // All that is a folder, since files are the scripted kernel's: it makes and removes these.
    for (String cpu : List.of("cpu0", "cpu1")) {
      Files.createDirectories(folder.resolve("per_cpu").resolve(cpu));
    }
    kernel.folder = folder;
    attachment = attachment();
  }

  private Wakeup wakeup() {
    try {
      return Wakeup.open(kernel);
    } catch (ListenerException e) {
      throw new IllegalStateException(e);
    }
  }

  private Attachment attachment() {
    return new Attachment(
        kernel,
        wakeup,
        List.of(registration),
        new TraceInstance(
            new TracefsFiles(kernel), new InstanceNames.Held(folder, HELD_FD), List.of(EVENT)));
  }

  @Test
  void shouldGiveEverythingBackInOrder() throws Exception {
    attachment.open(BufferSize.ofCpu(64), new Tally());
    assertThat(kernel.open).hasSize(2);
    kernel.calls.clear();

    assertThat(attachment.close()).isTrue();

    assertThat(kernel.calls)
        .containsExactly(
            "write enable 0",
            "read stats",
            "read stats",
            "close trace_pipe_raw",
            "close trace_pipe_raw");
    assertGone();
    assertThat(attachment.finalStatistics().unreadEvents()).isEqualTo(2 * 7);
  }

  @Test
  void shouldGiveBackWhatItHasWhenItCannotBeOpened() {
    kernel.fail("write enable 1", 1);

    assertThatThrownBy(() -> attachment.open(BufferSize.ofCpu(64), new Tally()))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(attachment.close()).isTrue();

    assertGone();
  }

  @ParameterizedTest
  @ValueSource(strings = {"write enable 0", "read stats", "close trace_pipe_raw"})
  void shouldDoTheOtherStepsWhenOneThrowsAndTryThatAgain(String call) throws Exception {
    attachment.open(BufferSize.ofCpu(64), new Tally());
    kernel.fail(call, 1);

    assertThatThrownBy(attachment::close).isSameAs(kernel.failure);
    assertThat(registration.isRegistered).isFalse();
    if (!call.startsWith("close")) {
      // A file that is still open keeps the instance.
      assertGone();
    }

    assertThat(attachment.close()).isTrue();
    assertGone();
    kernel.calls.clear();
    assertThat(attachment.close()).isTrue();
    assertThat(kernel.calls).isEmpty();
  }

  @Test
  void shouldKeepRegistrationForTheNextCloseWhenItCannotBeGivenBack() throws Exception {
    attachment.open(BufferSize.ofCpu(64), new Tally());
    registration.failures = 1;

    assertThatThrownBy(attachment::close).isInstanceOf(OutOfMemoryError.class);
    assertThat(kernel.open).isEmpty();
    assertThat(folder).doesNotExist();

    assertThat(attachment.close()).isTrue();
    assertGone();
  }

  @Test
  void shouldThrowTheFirstOfSeveralFailuresWithTheOthers() throws Exception {
    attachment.open(BufferSize.ofCpu(64), new Tally());
    kernel.fail("write enable 0", 1);
    registration.failures = 1;

    assertThatThrownBy(attachment::close)
        .isSameAs(kernel.failure)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(attachment.close()).isTrue();
    assertGone();
  }

  @Test
  void shouldRemoveInstanceWithTheNextCloseWhenItIsInUse() throws Exception {
    attachment.open(BufferSize.ofCpu(64), new Tally());
    Path inUse = Files.createFile(folder.resolve("opened_by_others"));

    assertThat(attachment.close()).isFalse();
    assertThat(folder).exists();
    assertThat(kernel.open).isEmpty();
    assertThat(registration.isRegistered).isFalse();

    Files.delete(inUse);
    assertThat(attachment.close()).isTrue();
    assertGone();
  }

  @Test
  void shouldGoOnWhenTheKernelRefusesToDisable() throws Exception {
    attachment.open(BufferSize.ofCpu(64), new Tally());
    kernel.refusedCall = "write enable 0";

    assertThat(attachment.close()).isTrue();

    assertGone();
    assertThat(attachment.finalStatistics().unreadEvents()).isEqualTo(2 * 7);
  }

  private void assertGone() {
    assertThat(kernel.open).isEmpty();
    assertThat(folder).doesNotExist();
    assertThat(registration.isRegistered).isFalse();
  }

  /** Registered or not; closing it fails as often as a test wants. */
  private static final class ScriptedRegistration implements Tracepoint {
    boolean isRegistered;
    int failures;

    @Override
    public String eventName() {
      return EVENT;
    }

    @Override
    public String register() {
      isRegistered = true;
      return "here";
    }

    @Override
    public boolean isEnabled() {
      return false;
    }

    @Override
    public int write(EventVector event) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      if (failures-- > 0) {
        throw new OutOfMemoryError("scripted");
      }
      isRegistered = false;
    }
  }

  /** Answers from a table of files. A call that must fail does so without being made. */
  private static final class ScriptedKernel implements Syscalls {
    final Map<Integer, String> open = new HashMap<>();
    final List<String> calls = new ArrayList<>();
    final OutOfMemoryError failure = new OutOfMemoryError("scripted");
    Path folder = Path.of("");
    String refusedCall = "";
    private String failingCall = "";
    private int failures;
    private final Map<Integer, Boolean> isRead = new HashMap<>();
    private final Map<String, String> printed = new HashMap<>();
    private int nextFd = 101;

    void fail(String call, int times) {
      failingCall = call;
      failures = times;
    }

    private boolean isRefused(String call) {
      calls.add(call);
      if (call.equals(failingCall) && failures-- > 0) {
        throw failure;
      }
      return call.equals(refusedCall);
    }

    @Override
    public int open(String path, int flags) {
      if (path.startsWith(folder + "/") && !Files.exists(folder)) {
        return -Errno.ENOENT.number();
      }
      open.put(nextFd, String.valueOf(Path.of(path).getFileName()));
      return nextFd++;
    }

    @Override
    public int eventfd(int initial, int flags) {
      return WAKEUP_FD;
    }

    @Override
    public int rmdir(String path) {
      try {
        Files.delete(Path.of(path));
        return 0;
      } catch (NoSuchFileException e) {
        return -Errno.ENOENT.number();
      } catch (IOException e) {
        return -Errno.EBUSY.number();
      }
    }

    @Override
    public int close(int fd) {
      isRead.remove(fd);
      String name = String.valueOf(open.get(fd));
      if (name.equals("trace_pipe_raw")) {
        // Closed in any case, as by the kernel.
        open.remove(fd);
        isRefused("close " + name);
        removeFoldersOnceUnused();
      }
      open.remove(fd);
      return 0;
    }

    /** A folder that is no tracefs is removed only when it is empty. */
    private void removeFoldersOnceUnused() {
      if (open.containsValue("trace_pipe_raw")) {
        return;
      }
      try {
        for (String path : List.of("per_cpu/cpu0", "per_cpu/cpu1", "per_cpu")) {
          Files.deleteIfExists(folder.resolve(path));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public long read(int fd, long address, long length) {
      if (isRead.put(fd, true) != null) {
        return 0;
      }
      String name = String.valueOf(open.get(fd));
      if (isRefused("read " + name)) {
        return -Errno.EIO.number();
      }
      byte[] text =
          switch (name) {
            case "header_page" -> HEADER_PAGE.getBytes(US_ASCII);
            case "format" -> FORMAT.getBytes(US_ASCII);
            case "trace_clock" -> "local [mono]".getBytes(US_ASCII);
            case "buffer_size_kb", "buffer_percent", "tracing_on", "enable" ->
                printed.getOrDefault(name, "1").getBytes(US_ASCII);
            case "stats" -> "entries: 7\noverrun: 0\n".getBytes(US_ASCII);
            default -> throw new AssertionError(name);
          };
      new UnsafeBuffer(address, (int) length).putBytes(0, text);
      return text.length;
    }

    @Override
    public long writev(int fd, long iovecs, int count) {
      UnsafeBuffer iovec = new UnsafeBuffer(iovecs, 16);
      int length = (int) iovec.getLong(8);
      byte[] text = new byte[length];
      new UnsafeBuffer(iovec.getLong(0), length).getBytes(0, text);
      printed.put(String.valueOf(open.get(fd)), new String(text, US_ASCII));
      boolean isRefused = isRefused("write " + open.get(fd) + " " + new String(text, US_ASCII));
      return isRefused ? -Errno.EIO.number() : length;
    }

    @Override
    public int poll(long pollfds, int count, int timeoutMs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
      throw new UnsupportedOperationException();
    }
  }
}

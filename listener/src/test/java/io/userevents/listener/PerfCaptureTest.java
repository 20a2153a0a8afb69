// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.memory.MappedFile;
import io.userevents.internal.perf.PerfAttributes;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.listener.internal.SyntheticPage;
import io.userevents.testing.CapturedLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With scripted system calls that fail as a test wants, and anonymous memory for rings. */
class PerfCaptureTest {

  private static final int PAGE = MappedFile.pageLength();
  private static final Path TRACEFS = Path.of("/no/tracefs");

  private final ScriptedPerf kernel = new ScriptedPerf();
  private final Tally tally = new Tally();
  private final Wakeup wakeup = wakeup();
  private final CallLock callLock = new CallLock(wakeup);

  @AfterEach
  void release() {
    wakeup.release();
  }

  @Test
  void shouldOpenARingForEachCpuThatAllTracepointsWriteTo() throws Exception {
    PerfCapture capture = capture(1024, "one", "two");

    capture.attach();

    assertThat(kernel.calls)
        .containsSubsequence(
            "open one cpu=0",
            "map " + (1024 * 1024 + PAGE),
            "open two cpu=0",
            "output",
            "open one cpu=2",
            "map " + (1024 * 1024 + PAGE),
            "open two cpu=2",
            "output",
            "enable",
            "enable",
            "enable",
            "enable");
    assertThat(capture.description()).isEqualTo("perf cpus=2 ring_kb=1024");
    end(capture);
  }

  @Test
  void shouldTakeSmallerRingsOnAllCpusWhenMemoryMayNotBeLocked() throws Exception {
    kernel.mappable = 2L * (64 * 1024 + PAGE);
    PerfCapture capture = capture(1024, "one");

    capture.attach();

    assertThat(kernel.mapped).hasSize(2);
    assertThat(kernel.mapped.values()).containsOnly(64 * 1024 + PAGE);
    assertThat(capture.description()).isEqualTo("perf cpus=2 ring_kb=64");
    end(capture);
  }

  @Test
  void shouldSayWhatToDoWhenTheSmallestRingsAreTooLarge() {
    kernel.mappable = 16L * 1024 + PAGE;
    PerfCapture capture = capture(1024, "one");

    assertThatThrownBy(capture::attach)
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("mmap of " + (16 * 1024 + PAGE) + " bytes failed")
        .hasMessageContaining("EPERM (1, ")
        .hasMessageContaining("kernel.perf_event_mlock_kb")
        .hasMessageContaining("CAP_IPC_LOCK");
    end(capture);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "open one cpu=0",
        "open two cpu=0",
        "output",
        "open one cpu=2",
        "open two cpu=2",
        "enable",
        "read counters"
      })
  void shouldLeaveNothingOpenWhenACallFails(String call) {
    kernel.failing.put(call, Errno.EMFILE);
    PerfCapture capture = capture(64, "one", "two");

    assertThatThrownBy(capture::attach)
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("EMFILE");
    end(capture);
  }

  @Test
  void shouldDoWithoutACpuThatHasGoneOfflineMeanwhile() throws Exception {
    kernel.failing.put("open one cpu=2", Errno.ENODEV);
    PerfCapture capture = capture(64, "one");

    capture.attach();

    assertThat(capture.description()).startsWith("perf cpus=1 ");
    end(capture);
  }

  @Test
  void shouldCountWhatTheKernelCountsAndWhatNobodyHasSeen() throws Exception {
    PerfCapture capture = capture(64, "one");
    capture.attach();
    kernel.count = 100;
    kernel.lost = 30;

    KernelStatistics statistics = capture.statistics();

    // Two CPUs.
    assertThat(statistics.lost()).isEqualTo(60);
    assertThat(statistics.unreadEvents()).isEqualTo(140);
    assertThat(statistics.readEvents()).isZero();
    assertThat(capture.close()).isTrue();
    assertThat(capture.statistics().lost()).isEqualTo(60);
    assertThat(capture.free()).isEqualTo(140);
    assertNothingIsLeft();
  }

  @Test
  void shouldKeepTheAccountOfAnEndedCpuWhenThatOfAnotherCannotBeRead() throws Exception {
    PerfCapture capture = capture(64, "one");
    capture.attach();
    kernel.count = 100;
    kernel.lost = 30;
    kernel.hasEnded = true;
    // Both CPUs are gone, and the counters of the second one fail.
    assertThat(capture.await(-1)).isFalse();
    kernel.readsUntilFailure = 1;

    assertThatThrownBy(() -> capture.deliver(sample -> {}))
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("EIO");

    assertThat(kernel.mapped).as("the first one is closed").hasSize(1);
    kernel.readsUntilFailure = Integer.MAX_VALUE;
    assertThat(capture.statistics().lost()).as("none is lost, none counts twice").isEqualTo(60);
    assertThat(capture.deliver(sample -> {})).isZero();
    assertThat(kernel.mapped).isEmpty();
    assertThat(capture.statistics().lost()).isEqualTo(60);
    assertThat(capture.statistics().unreadEvents()).isEqualTo(140);
    assertThat(tally.snapshot().get(Tally.Count.INTERRUPTIONS)).isEqualTo(2);
    assertThat(capture.close()).isTrue();
    assertThat(capture.free()).isEqualTo(140);
    assertNothingIsLeft();
  }

  @Test
  void shouldTellOnceWhichCpusHaveStopped() throws Exception {
    PerfCapture capture = capture(64, "one");
    capture.attach();
    kernel.hasEnded = true;
    try (CapturedLog log = new CapturedLog(PerfCapture.class)) {
      assertThat(capture.await(-1)).isFalse();

      assertThat(log.warnings()).hasSize(1);
      assertThat(log.warnings().get(0)).contains("stopped recording on the CPUs {0, 2}");
    }
    end(capture);
  }

  @Test
  void shouldNotAskTheKernelWhetherThereIsSomethingWhenARingHasSomething() throws Exception {
    PerfCapture capture = capture(64, "one");
    capture.attach();
    long ring = kernel.mapped.keySet().iterator().next();
    new UnsafeBuffer(ring, PAGE).putLong(1024, 8);

    assertThat(capture.await(-1)).isTrue();
    assertThat(kernel.calls).doesNotContain("poll");
    end(capture);
  }

  private PerfCapture capture(int ringKb, String... names) {
    return new PerfCapture(
        kernel,
        TRACEFS,
        List.of(names),
        new Options(BufferSize.ofCpu(ringKb), 1, false, null),
        new Shared(wakeup, callLock, tally));
  }

  private void end(PerfCapture capture) {
    assertThat(capture.close()).isTrue();
    assertThat(capture.free()).isZero();
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    assertThat(kernel.mapped).isEmpty();
    assertThat(kernel.open).isEmpty();
  }

  private Wakeup wakeup() {
    try {
      return Wakeup.open(Syscalls.ofThisMachine());
    } catch (ListenerException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Two online CPUs, 0 and 2, and events whose format files are there though tracefs is not. */
  private static final class ScriptedPerf implements Syscalls {
    private static final int FIRST_FD = 1_000_000;
    final List<String> calls = new ArrayList<>();
    final Map<String, Errno> failing = new HashMap<>();
    final Set<Integer> open = new HashSet<>();
    final Map<Long, Integer> mapped = new HashMap<>();
    long mappable = Long.MAX_VALUE;
    long count;
    long lost;
    boolean hasEnded;
    int readsUntilFailure = Integer.MAX_VALUE;
    private final Syscalls real = Syscalls.ofThisMachine();
    private final Map<Integer, String> texts = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private int nextFd = FIRST_FD + 1;

    private int answer(String call, int result) {
      calls.add(call);
      Errno errno = failing.get(call);
      return errno == null ? result : -errno.number();
    }

    @Override
    public int open(String path, int flags) {
      String text;
      if (path.endsWith("cpu/online")) {
        text = "0,2\n";
      } else if (path.endsWith("/format")) {
        String name = String.valueOf(Path.of(path).getName(Path.of(path).getNameCount() - 2));
        if (!names.contains(name)) {
          names.add(name);
        }
        text = SyntheticPage.EVENT_FORMAT.replace("464", Integer.toString(names.indexOf(name)));
      } else {
        return -Errno.ENOENT.number();
      }
      texts.put(nextFd, text);
      open.add(nextFd);
      return nextFd++;
    }

    @Override
    public int perfEventOpen(long attr, int pid, int cpu, int groupFd, long flags) {
      int id = (int) new UnsafeBuffer(attr, PerfAttributes.LENGTH).getLong(8);
      int result = answer("open " + names.get(id) + " cpu=" + cpu, nextFd);
      if (result > 0) {
        open.add(nextFd++);
      }
      return result;
    }

    @Override
    public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
      assertThat(flags).isEqualTo(MAP_SHARED);
      assertThat(open).contains(fd);
      int result = answer("map " + length, 0);
      long taken = mapped.values().stream().mapToLong(Integer::longValue).sum();
      if (result < 0 || taken + length > mappable) {
        return -Errno.EPERM.number();
      }
      long memory = real.mmap(0, length, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      mapped.put(memory, (int) length);
      return memory;
    }

    @Override
    public int munmap(long address, long length) {
      assertThat(mapped.remove(address)).isEqualTo((int) length);
      return real.munmap(address, length);
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
      assertThat(open).contains(fd);
      if (request == PerfAttributes.IOC_SET_OUTPUT) {
        return answer("output", 0);
      }
      return answer(request == PerfAttributes.IOC_ENABLE ? "enable" : "disable", 0);
    }

    @Override
    public long read(int fd, long address, long length) {
      assertThat(open).contains(fd);
      String text = texts.get(fd);
      if (text != null) {
        texts.put(fd, "");
        new UnsafeBuffer(address, (int) length).putBytes(0, text.getBytes(US_ASCII));
        return text.length();
      }
      UnsafeBuffer counters = new UnsafeBuffer(address, (int) length);
      counters.putLong(PerfAttributes.READ_COUNT_OFFSET, count);
      counters.putLong(PerfAttributes.READ_LOST_OFFSET, lost);
      if (readsUntilFailure-- <= 0) {
        return -Errno.EIO.number();
      }
      return answer("read counters", PerfAttributes.READ_LENGTH);
    }

    /** {@code struct pollfd} is i32 fd, i16 events, i16 revents. */
    @Override
    public int poll(long pollfds, int count, int timeoutMs) {
      int found = 0;
      UnsafeBuffer structs = new UnsafeBuffer(pollfds, count * Long.BYTES);
      for (int i = 0; i < count && hasEnded; i++) {
        if (structs.getInt(i * Long.BYTES) > FIRST_FD) {
          structs.putShort(i * Long.BYTES + Integer.BYTES + Short.BYTES, POLLHUP);
          found++;
        }
      }
      return answer("poll", found);
    }

    @Override
    public int close(int fd) {
      texts.remove(fd);
      return open.remove(fd) ? 0 : -Errno.EBADF.number();
    }

    @Override
    public long writev(int fd, long iovecs, int count) {
      throw new UnsupportedOperationException();
    }
  }
}

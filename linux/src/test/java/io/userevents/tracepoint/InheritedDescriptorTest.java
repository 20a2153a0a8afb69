// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.TracepointErrors.Call;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tracepoints that register through a descriptor that somebody else has opened. */
@Timeout(300)
class InheritedDescriptorTest {

  private static final int INHERITED = 1_000_003;
  private static final int O_RDWR = 2;
  private static final int O_APPEND = 0x400;
  private static final int O_PATH = 0x200000;

  private final ScriptedSyscalls kernel = new ScriptedSyscalls();
  private final KernelTracepoint tracepoint = kernel.inheritingTracepoint(INHERITED);
  private final NativeRegion record = NativeRegion.allocate(8, 8);
  private final EventVector event = new EventVector(4, 100);

  @BeforeEach
  void addRecord() {
    event.add(record.buffer(), 0, 8);
  }

  @AfterEach
  void free() {
    event.free();
    record.free();
  }

  @Test
  void shouldRegisterWriteAndUnregisterWithoutOpeningOrClosing() throws Exception {
    assertThat(tracepoint.register())
        .isEqualTo(
            "/proc/self/fd/1000003 descriptor=1000003 named_by=setting write_index=5 syscalls=other");
    assertThat(tracepoint.write(event)).isZero();
    tracepoint.close();

    assertThat(kernel.log)
        .containsExactly(
            "fcntl 1000003 3 0",
            "ioctl 1000003 0xc0082a00",
            "writev 1000003 2",
            "ioctl 1000003 0x40082a02");
    assertThat(kernel.registrations()).isZero();
  }

  @Test
  void shouldRegisterAgainThroughTheSameDescriptor() throws Exception {
    tracepoint.register();
    tracepoint.close();

    tracepoint.register();

    assertThat(tracepoint.write(event)).isZero();
    assertThat(kernel.log).last().isEqualTo("writev 1000003 2");
    assertThat(kernel.log).noneMatch(line -> line.startsWith("close"));
  }

  @ParameterizedTest
  @ValueSource(ints = {Syscalls.O_WRONLY, O_RDWR, O_RDWR | O_APPEND, O_RDWR | 0x8000})
  void shouldTakeADescriptorThatCanBeWrittenTo(int flags) throws Exception {
    kernel.inheritedFlags = flags;

    assertThat(tracepoint.register()).isNotEmpty();
  }

  /** The kernel registers with it, and refuses each write as if nobody listened. */
  @ParameterizedTest
  @ValueSource(ints = {Syscalls.O_RDONLY, 0x8000, O_PATH})
  void shouldRefuseADescriptorThatIsOpenForReadingOnly(int flags) {
    kernel.inheritedFlags = flags;

    RegistrationException failure =
        catchThrowableOfType(RegistrationException.class, tracepoint::register);

    assertThat(failure)
        .hasMessageContaining("descriptor=1000003 named_by=setting")
        .hasMessageContaining("EACCES (13, ")
        .hasMessageContaining("for writing")
        .hasMessageContaining("not read-only");
    assertThat(kernel.log).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"EBADF", "ENOSYS", "EPERM"})
  void shouldSayWhatToDoWhenTheDescriptorCannotBeLookedAt(Errno errno) {
    kernel.fail(Call.INHERIT, errno);

    RegistrationException failure =
        catchThrowableOfType(RegistrationException.class, tracepoint::register);

    assertThat(failure)
        .hasMessageContaining("call=inherited descriptor")
        .hasMessageContaining(
            TracepointErrors.of(Call.INHERIT, errno.number()).remedy("otlp_metrics", ""));
    assertThat(failure.errno()).isEqualTo(errno.number());
    assertThat(kernel.log).hasSize(1);
  }

  @Test
  void shouldRegisterOnceTheDescriptorIsOpen() throws Exception {
    kernel.fail(Call.INHERIT, Errno.EBADF);
    assertThatThrownBy(tracepoint::register).isInstanceOf(RegistrationException.class);

    tracepoint.register();

    assertThat(tracepoint.write(event)).isZero();
  }

  @Test
  void shouldLeaveTheDescriptorOpenWhenTheRegistrationIsRefused() {
    kernel.registerResult = -Errno.EADDRINUSE.number();

    assertThatThrownBy(tracepoint::register).hasMessageContaining("EADDRINUSE");

    assertThat(kernel.log).noneMatch(line -> line.startsWith("close"));
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"ENOENT", "EFAULT", "EBADF", "ENOTTY"})
  void shouldLeaveTheDescriptorOpenAndKeepTheWordWhenUnregisteringFails(Errno errno)
      throws Exception {
    tracepoint.register();
    kernel.fail(Call.UNREGISTER, errno);

    tracepoint.close();

    assertThat(kernel.log).noneMatch(line -> line.startsWith("close"));
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isTrue();

    // Made up for through the same descriptor, once it is one of the file again.
    tracepoint.register();
    tracepoint.close();
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isFalse();
    assertThat(kernel.registrations()).isZero();
    assertThat(kernel.log).noneMatch(line -> line.startsWith("close"));
  }

  @Test
  void shouldUseTheDescriptorThatAServiceManagerPasses() throws Exception {
    KernelTracepoint passed = passed(Map.of("LISTEN_PID", "12", "LISTEN_FDS", "999999"));

    assertThat(passed.register())
        .endsWith(" descriptor=4 named_by=LISTEN_FDS write_index=5 syscalls=other");
    passed.close();

    assertThat(kernel.log).first().isEqualTo("fcntl 4 3 0");
    assertThat(kernel.log).noneMatch(line -> line.startsWith("close"));
  }

  @Test
  void shouldSayWhyAPassedDescriptorIsNotUsedWhenTheFileCannotBeOpened() {
    kernel.openResult = -Errno.EACCES.number();
    KernelTracepoint passed = passed(Map.of("LISTEN_PID", "11", "LISTEN_FDS", "2"));

    assertThatThrownBy(passed::register)
        .hasMessageContaining("call=open")
        .hasMessageContaining("EACCES (13, ")
        .hasMessageContaining("OpenFile=/sys/kernel/tracing/user_events_data")
        .hasMessageContaining("LISTEN_PID=11 is not this process, pid=12");
  }

  @Test
  void shouldRefuseNegativeDescriptors() {
    assertThatThrownBy(() -> new KernelTracepoint("otlp_metrics", -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("descriptor=-1");
  }

  /** With the calls of this machine, whose kernel need not have user_events. */
  @Test
  void shouldSayWhichOtherFileARealDescriptorIsOf(@TempDir Path folder) throws Exception {
    Syscalls calls = requireLinux();
    Path file = Files.createFile(folder.resolve("another_file"));
    int fd = calls.open(file.toString(), Syscalls.O_WRONLY | Syscalls.O_CLOEXEC);
    try {
      assertThatThrownBy(() -> new KernelTracepoint("otlp_metrics", fd).register())
          .hasMessageContaining("path=" + file + " descriptor=" + fd + " named_by=setting")
          .hasMessageContaining("ENOTTY (25, ")
          .hasMessageContaining("docs/permissions.md");
      assertThat(calls.fcntl(fd, Syscalls.F_GETFL, 0)).isNotNegative();
    } finally {
      calls.close(fd);
    }
  }

  @Test
  void shouldSayThatARealDescriptorIsNotOpenOrOpenForReadingOnly(@TempDir Path folder)
      throws Exception {
    Syscalls calls = requireLinux();
    int fd = calls.open(folder.toString(), Syscalls.O_RDONLY | Syscalls.O_CLOEXEC);
    try {
      assertThatThrownBy(() -> new KernelTracepoint("otlp_metrics", fd).register())
          .hasMessageContaining("path=" + folder + " descriptor=" + fd)
          .hasMessageContaining("EACCES (13, ");
    } finally {
      calls.close(fd);
    }
    assertThatThrownBy(() -> new KernelTracepoint("otlp_metrics", INHERITED).register())
        .hasMessageContaining("path=/proc/self/fd/1000003 descriptor=1000003")
        .hasMessageContaining("EBADF (9, ");
  }

  /** Another kind of file might take the call for another one. */
  @Test
  void shouldNotRegisterWithARealDescriptorOfADevice() {
    Syscalls calls = requireLinux();
    int fd = calls.open("/dev/null", Syscalls.O_WRONLY | Syscalls.O_CLOEXEC);
    try {
      assertThatThrownBy(() -> new KernelTracepoint("otlp_metrics", fd).register())
          .hasMessageContaining("call=inherited descriptor path=/dev/null descriptor=" + fd)
          .hasMessageContaining("ENOTTY (25, ");
    } finally {
      calls.close(fd);
    }
  }

  private KernelTracepoint passed(Map<String, String> pidAndCount) {
    Map<String, String> environment = new HashMap<>(pidAndCount);
    environment.put("LISTEN_FDNAMES", "http:user_events_data");
    return new KernelTracepoint(
        "otlp_metrics", DataFile.passedOrFound(environment, 12), () -> kernel);
  }

  private static Syscalls requireLinux() {
    boolean linux = System.getProperty("os.name").equals("Linux");
    if (!linux) {
      System.out.println("test of real descriptors skipped: it needs Linux and its /proc");
    }
    assumeTrue(linux, "needs Linux");
    return Syscalls.ofThisMachine();
  }
}

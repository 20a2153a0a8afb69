// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.testing.CapturedLog;
import io.userevents.tracepoint.TracepointErrors.Call;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class KernelTracepointTest {

  private static final Path TRACEFS = Path.of("/tracefs");

  private final ScriptedSyscalls kernel = new ScriptedSyscalls();
  private final KernelTracepoint tracepoint = kernel.tracepoint();
  private final NativeRegion records = NativeRegion.allocate(16, 8);
  private final EventVector event = new EventVector(4, 100);
  private final CapturedLog log = new CapturedLog(KernelTracepoint.class);

  @BeforeEach
  void addRecords() {
    records.buffer().putBytes(0, "abc".getBytes(US_ASCII));
    event.add(records.buffer(), 0, 2);
    event.add(records.buffer(), 2, 1);
  }

  @AfterEach
  void free() {
    log.close();
    event.free();
    records.free();
  }

  @Test
  void shouldOpenTheDataFileForWritingAndClosedOnExec() throws RegistrationException {
    tracepoint.register();

    assertThat(kernel.log).startsWith("open /tracefs/user_events_data " + (0x80000 | 1));
  }

  @Test
  void shouldRegisterItsEnableWordWithTheOpenedFile() throws RegistrationException {
    tracepoint.register();

    assertThat(kernel.log).contains("ioctl 77 0xc0082a00");
    UnsafeBuffer struct = new UnsafeBuffer(kernel.structs.get(0));
    assertThat(struct.getInt(0)).isEqualTo(28);
    assertThat(struct.getByte(4)).isEqualTo((byte) 0);
    assertThat(struct.getByte(5)).isEqualTo((byte) 4);
    assertThat(struct.getShort(6)).isEqualTo((short) 0);
    assertThat(struct.getLong(8)).isPositive().matches(address -> address % 4 == 0);
    assertThat(struct.getInt(24)).isZero();
  }

  @Test
  void shouldRegisterNameAndFieldsWithSpacesAndANulAtTheEnd() throws RegistrationException {
    tracepoint.register();

    assertThat(kernel.names)
        .containsExactly("otlp_metrics u32 protocol; char[8] version; __rel_loc u8[] buffer");
  }

  @Test
  void shouldSayWhereItIsRegistered() throws RegistrationException {
    assertThat(tracepoint.register())
        .isEqualTo("/tracefs/user_events_data write_index=5 syscalls=other");
  }

  @Test
  void shouldBeEnabledWhileTheKernelHasTheBitSet() throws RegistrationException {
    assertThat(tracepoint.isEnabled()).isFalse();
    tracepoint.register();
    assertThat(tracepoint.isEnabled()).isFalse();

    kernel.setEnableWord(1);
    assertThat(tracepoint.isEnabled()).isTrue();

    kernel.setEnableWord(0);
    assertThat(tracepoint.isEnabled()).isFalse();
  }

  @Test
  void shouldIgnoreBitsThatItDidNotRegister() throws RegistrationException {
    tracepoint.register();

    kernel.setEnableWord(~1);

    assertThat(tracepoint.isEnabled()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ENOENT  | mount -t tracefs",
        "ENOTDIR | mount -t tracefs",
        "ENODEV  | CONFIG_USER_EVENTS=y",
        "EACCES  | write to user_events_data",
        "EPERM   | write to user_events_data",
        "EROFS   | read-only",
        "EMFILE  | limit of open files",
        "ENFILE  | limit of open files",
        "ENOMEM  | more memory",
        "ENOSYS  | seccomp",
        "EIO     | open(2)"
      })
  void shouldSayWhatToDoWhenTheFileCannotBeOpened(Errno errno, String remedy) {
    kernel.openResult = -errno.number();

    RegistrationException failure =
        catchThrowableOfType(RegistrationException.class, tracepoint::register);

    assertThat(failure)
        .hasMessageContaining("otlp_metrics")
        .hasMessageContaining("call=open")
        .hasMessageContaining("path=/tracefs/user_events_data")
        .hasMessageContaining("errno=" + Errno.describe(errno.number()))
        .hasMessageContaining(remedy);
    assertThat(failure.errno()).isEqualTo(errno.number());
    assertThat(kernel.log).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "EADDRINUSE | events/user_events/otlp_metrics/format",
        "EMFILE     | kernel.user_events_max",
        "ENODEV     | dynamic_events",
        "ENOMEM     | more memory",
        "EACCES     | permit the call on /tracefs/user_events_data",
        "EPERM      | permit the call on /tracefs/user_events_data",
        "EBADF      | closes descriptors",
        "E2BIG      | 6.4",
        "ENOSYS     | seccomp",
        "ENOTTY     | 6.4",
        "EINVAL     | 6.4",
        "EIO        | user_events.rst"
      })
  void shouldSayWhatToDoWhenTheRegistrationIsRefused(Errno errno, String remedy) {
    kernel.registerResult = -errno.number();

    RegistrationException failure =
        catchThrowableOfType(RegistrationException.class, tracepoint::register);

    assertThat(failure)
        .hasMessageContaining("otlp_metrics")
        .hasMessageContaining("call=ioctl(DIAG_IOCSREG)")
        .hasMessageContaining("path=/tracefs/user_events_data")
        .hasMessageContaining("errno=" + Errno.describe(errno.number()))
        .hasMessageContaining(remedy);
    assertThat(failure.errno()).isEqualTo(errno.number());
  }

  @Test
  void shouldGiveAnUnknownErrnoARemedy() {
    kernel.openResult = -77;

    assertThatThrownBy(tracepoint::register)
        .hasMessageContaining("errno=errno 77")
        .hasMessageContaining("open(2)");
  }

  @Test
  void shouldCloseTheFileWhenTheRegistrationIsRefused() {
    kernel.registerResult = -98;

    assertThatThrownBy(tracepoint::register).isInstanceOf(RegistrationException.class);

    assertThat(kernel.log).last().isEqualTo("close 77");
    assertThat(tracepoint.write(event)).isEqualTo(-9);
  }

  @Test
  void shouldRegisterAfterAFailureToRegister() throws RegistrationException {
    kernel.registerResult = -98;
    assertThatThrownBy(tracepoint::register).isInstanceOf(RegistrationException.class);

    kernel.registerResult = 0;
    tracepoint.register();

    assertThat(tracepoint.write(event)).isZero();
  }

  @Test
  void shouldRefuseToRegisterTwice() throws RegistrationException {
    tracepoint.register();

    assertThatThrownBy(tracepoint::register)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("otlp_metrics");
  }

  @Test
  void shouldSayWhichMachineItCannotRegisterOn() {
    KernelTracepoint unsupported =
        new KernelTracepoint(
            "otlp_metrics",
            TRACEFS,
            () -> {
              throw new UnsupportedOperationException("os.name=Other");
            });

    RegistrationException failure =
        catchThrowableOfType(RegistrationException.class, unsupported::register);

    assertThat(failure).hasMessageContaining("os.name=Other");
    assertThat(failure.errno()).isEqualTo(38);
  }

  @Test
  void shouldFailToRegisterWhereNoTracefsIs(@TempDir Path folder) {
    KernelTracepoint real = new KernelTracepoint("otlp_metrics", folder.resolve("missing"));

    RegistrationException failure =
        catchThrowableOfType(RegistrationException.class, real::register);

    assertThat(failure.errno()).isEqualTo(2);
    assertThat(failure).hasMessageContaining(folder.resolve("missing/user_events_data").toString());
  }

  @Test
  void shouldFailToRegisterWithAFileThatIsNotTheKernels(@TempDir Path folder) throws IOException {
    Files.createFile(folder.resolve("user_events_data"));
    KernelTracepoint real = new KernelTracepoint("otlp_metrics", folder);

    RegistrationException failure =
        catchThrowableOfType(RegistrationException.class, real::register);

    assertThat(failure.errno()).isEqualTo(25);
  }

  @Test
  void shouldWriteIndexAndLengthBeforeTheRecords() throws RegistrationException {
    kernel.givenWriteIndex = 0x1234;
    tracepoint.register();

    assertThat(tracepoint.write(event)).isZero();

    assertThat(kernel.log).last().isEqualTo("writev 77 3");
    UnsafeBuffer prefix = new UnsafeBuffer(kernel.pieces.get(0));
    assertThat(prefix.capacity()).isEqualTo(20);
    assertThat(prefix.getInt(0)).isEqualTo(0x1234);
    assertThat(prefix.getInt(4)).isZero();
    assertThat(prefix.getStringWithoutLengthAscii(8, 8)).isEqualTo("v0.19.00");
    assertThat(prefix.getInt(16)).isEqualTo(3 << 16);
    assertThat(kernel.pieces.get(1)).containsExactly('a', 'b');
    assertThat(kernel.pieces.get(2)).containsExactly('c');
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 14, 22, 2})
  void shouldReturnTheErrnoOfAFailedWrite(int errno) throws RegistrationException {
    tracepoint.register();
    kernel.writevError = -errno;

    assertThat(tracepoint.write(event)).isEqualTo(-errno);
  }

  @Test
  void shouldReturnEioWhenAWriteIsShort() throws RegistrationException {
    tracepoint.register();
    kernel.writeShortBy(1);

    assertThat(tracepoint.write(event)).isEqualTo(-5);
  }

  @Test
  void shouldReturnEbadfWhenItIsNotRegistered() {
    assertThat(tracepoint.write(event)).isEqualTo(-9);
    assertThat(kernel.log).isEmpty();
  }

  @Test
  void shouldAskWhoRecordsByAnEventWhoseBufferEndsBeyondIt() throws RegistrationException {
    kernel.givenWriteIndex = 0x1234;
    tracepoint.register();

    assertThat(tracepoint.isRecording()).isTrue();

    assertThat(kernel.log).last().isEqualTo("probe 77");
    UnsafeBuffer event = new UnsafeBuffer(kernel.probes.get(0));
    // The kernel refuses a shorter one before it looks whether somebody records.
    assertThat(event.capacity()).isEqualTo(20);
    assertThat(event.getInt(0)).isEqualTo(0x1234);
    assertThat(event.getInt(16) >>> 16).as("length of the buffer").isEqualTo(65_535);
    assertThat(event.getInt(16) & 0xFFFF).as("where it begins").isZero();
  }

  @Test
  void shouldNotBeRecordingWhenNobodyFindsTheFault() throws RegistrationException {
    tracepoint.register();
    kernel.recording = false;

    assertThat(tracepoint.isRecording()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"EBADF, false", "EFAULT, true", "ENOENT, true", "EINVAL, true", "EPERM, true"})
  void shouldBeRecordingForAllThatTheNextEventMeetsAsWell(Errno errno, boolean recording)
      throws RegistrationException {
    tracepoint.register();
    kernel.writevError = -errno.number();

    assertThat(tracepoint.isRecording()).isEqualTo(recording);
  }

  @Test
  void shouldNotBeRecordingWhenItIsNotRegistered() throws RegistrationException {
    assertThat(tracepoint.isRecording()).isFalse();
    tracepoint.register();
    tracepoint.close();

    assertThat(tracepoint.isRecording()).isFalse();
    assertThat(kernel.probes).isEmpty();
  }

  @Test
  void shouldUnregisterTheSameWordThenCloseTheFile() throws RegistrationException {
    tracepoint.register();

    tracepoint.close();

    assertThat(kernel.log)
        .endsWith("ioctl 77 0xc0082a00", "ioctl 77 0x40082a02", "close 77")
        .hasSize(4);
    UnsafeBuffer struct = new UnsafeBuffer(kernel.structs.get(1));
    assertThat(struct.getInt(0)).isEqualTo(16);
    assertThat(struct.getByte(4)).isEqualTo((byte) 0);
    assertThat(struct.getLong(8)).isEqualTo(kernel.enableAddress);
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void shouldBeDisabledOnceItIsUnregistered() throws RegistrationException {
    tracepoint.register();
    kernel.setEnableWord(1);

    tracepoint.close();

    assertThat(tracepoint.isEnabled()).isFalse();
    assertThat(tracepoint.write(event)).isEqualTo(-9);
  }

  @Test
  void shouldDoNothingWhenClosedTwice() throws RegistrationException {
    tracepoint.register();

    tracepoint.close();
    tracepoint.close();

    assertThat(kernel.log).filteredOn(call -> call.equals("close 77")).hasSize(1);
  }

  @Test
  void shouldDoNothingWhenClosedWithoutARegistration() {
    tracepoint.close();

    assertThat(kernel.log).isEmpty();
  }

  @Test
  void shouldUseTheNewIndexWhenItIsRegisteredAgain() throws RegistrationException {
    tracepoint.register();
    tracepoint.close();
    kernel.givenWriteIndex = 6;

    tracepoint.register();
    assertThat(tracepoint.write(event)).isZero();

    assertThat(new UnsafeBuffer(kernel.pieces.get(0)).getInt(0)).isEqualTo(6);
  }

  @Test
  void shouldLogAndCloseTheFileWhenItCannotUnregister() throws RegistrationException {
    tracepoint.register();
    kernel.unregisterResult = -22;

    tracepoint.close();

    assertThat(kernel.log).last().isEqualTo("close 77");
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("otlp_metrics")
        .contains("EINVAL (22, invalid argument)")
        .contains("enable word")
        .contains("kept");
  }

  @Test
  void shouldKeepTheEnableWordForLifeWhenItCannotUnregister() throws Exception {
    WeakReference<Object> confirmed = wordOfClosedTracepoint(0);
    WeakReference<Object> refused = wordOfClosedTracepoint(-22);

    // The one shows that the collector has come by and takes words that nobody needs.
    while (confirmed.get() != null) {
      System.gc();
      Thread.sleep(1);
    }

    assertThat(refused.get()).isNotNull();
  }

  @Test
  void shouldKeepTheEnableWordWhenItIsDroppedWithoutBeingClosed() throws Exception {
    WeakReference<Object> confirmed = wordOfClosedTracepoint(0);
    WeakReference<Object> dropped = wordOfRegisteredTracepoint();

    while (confirmed.get() != null) {
      System.gc();
      Thread.sleep(1);
    }

    assertThat(dropped.get()).isNotNull();
  }

  @Test
  void shouldHoldTheWordAndCloseTheFileWhenRegisteringThrows() throws Exception {
    kernel.ioctlFailure = new IllegalStateException("broken");

    assertThatThrownBy(tracepoint::register).hasMessage("broken");

    assertThat(kernel.log).last().isEqualTo("close 77");
    assertThat(ScriptedSyscalls.wordOf(tracepoint).isHeld()).isTrue();
  }

  @Test
  void shouldHoldTheWordAndCloseTheFileWhenUnregisteringThrows() throws Exception {
    tracepoint.register();
    kernel.ioctlFailure = new IllegalStateException("broken");

    assertThatThrownBy(tracepoint::close).hasMessage("broken");

    assertThat(kernel.log).last().isEqualTo("close 77");
    assertThat(ScriptedSyscalls.wordOf(tracepoint).isHeld()).isTrue();
  }

  @Test
  void shouldHoldTheWordFromTheRegistrationToTheUnregistration() throws Exception {
    assertThat(ScriptedSyscalls.wordOf(tracepoint).isHeld()).isFalse();
    tracepoint.register();
    assertThat(ScriptedSyscalls.wordOf(tracepoint).isHeld()).isTrue();
    tracepoint.close();
    assertThat(ScriptedSyscalls.wordOf(tracepoint).isHeld()).isFalse();
  }

  @Test
  void shouldStillHoldAWordThatWasNotUnregisteredWhenRegisteringAgainIsRefused() throws Exception {
    tracepoint.register();
    kernel.unregisterResult = -22;
    tracepoint.close();
    kernel.registerResult = -98;

    assertThatThrownBy(tracepoint::register).isInstanceOf(RegistrationException.class);

    assertThat(ScriptedSyscalls.wordOf(tracepoint).isHeld()).isTrue();
  }

  @Test
  void shouldLetTheWordGoWhenTheRegistrationIsRefused() throws Exception {
    kernel.registerResult = -98;

    assertThatThrownBy(tracepoint::register).isInstanceOf(RegistrationException.class);

    assertThat(ScriptedSyscalls.wordOf(tracepoint).isHeld()).isFalse();
  }

  @Test
  void shouldMakeUpForAFailedUnregistrationThroughTheNextDescriptor() throws Exception {
    tracepoint.register();
    kernel.fail(Call.UNREGISTER, Errno.EINVAL);
    tracepoint.close();
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isTrue();

    tracepoint.register();
    assertThat(tracepoint.write(event)).isZero();
    tracepoint.close();

    assertThat(kernel.calls(Call.UNREGISTER)).isEqualTo(3);
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isFalse();
    assertThat(kernel.registrations()).isZero();
    assertThat(kernel.descriptors()).isZero();
  }

  @Test
  void shouldBeRefusedAsLongAsItsWordCannotBeUnregistered() throws Exception {
    tracepoint.register();
    kernel.fail(Call.UNREGISTER, Errno.EINVAL).fail(Call.UNREGISTER, Errno.EINVAL);
    tracepoint.close();

    RegistrationException failure =
        catchThrowableOfType(RegistrationException.class, tracepoint::register);

    assertThat(failure.errno()).isEqualTo(Errno.EADDRINUSE.number());
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isTrue();
    tracepoint.register();
    assertThat(tracepoint.write(event)).isZero();
  }

  @Test
  void shouldBeDisabledWhenItCannotUnregister() throws Exception {
    tracepoint.register();
    kernel.attach();
    kernel.fail(Call.UNREGISTER, Errno.EINVAL);

    tracepoint.close();

    assertThat(tracepoint.isEnabled()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"EBADF", "ENOTTY"})
  void shouldNotCloseADescriptorThatIsSomebodyElses(Errno errno) throws Exception {
    tracepoint.register();
    kernel.fail(Call.UNREGISTER, errno);

    tracepoint.close();

    assertThat(kernel.descriptors()).isEqualTo(1);
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"ENOENT", "EFAULT", "EINVAL", "EACCES", "EPERM", "EIO"})
  void shouldHoldTheWordAndCloseTheFileWhenUnregisteringFails(Errno errno) throws Exception {
    tracepoint.register();
    kernel.fail(Call.UNREGISTER, errno);

    tracepoint.close();

    assertThat(kernel.calls(Call.UNREGISTER)).isEqualTo(1);
    assertThat(kernel.descriptors()).isZero();
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isTrue();
    assertThat(log.warnings()).singleElement().asString().contains(errno.name());
  }

  @Test
  void shouldLogARepeatedFailureToUnregisterOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      tracepoint.register();
      kernel.fail(Call.UNREGISTER, Errno.EINVAL);
      tracepoint.close();
    }

    assertThat(log.warnings()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"OPEN, EINTR", "REGISTER, EINTR", "REGISTER, EFAULT", "UNREGISTER, EINTR"})
  void shouldMakeACallAgainWhenItsErrorPasses(Call call, Errno errno) throws Exception {
    kernel.fail(call, errno).fail(call, errno).fail(call, errno);

    tracepoint.register();
    tracepoint.close();

    assertThat(kernel.calls(call)).isEqualTo(4);
    assertThat(log.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"OPEN, EINTR", "REGISTER, EINTR", "REGISTER, EFAULT"})
  void shouldFailToRegisterWhenAnErrorThatShouldPassDoesNot(Call call, Errno errno)
      throws Exception {
    kernel.fail(call, errno).fail(call, errno).fail(call, errno).fail(call, errno);

    RegistrationException failure =
        catchThrowableOfType(RegistrationException.class, tracepoint::register);

    assertThat(failure.errno()).isEqualTo(errno.number());
    assertThat(kernel.calls(call)).isEqualTo(4);
    assertThat(kernel.descriptors()).isZero();
    tracepoint.register();
  }

  @Test
  void shouldHoldTheWordWhenUnregisteringIsInterruptedForEver() throws Exception {
    tracepoint.register();
    for (int i = 0; i < 4; i++) {
      kernel.fail(Call.UNREGISTER, Errno.EINTR);
    }

    tracepoint.close();

    assertThat(kernel.calls(Call.UNREGISTER)).isEqualTo(4);
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isTrue();
    assertThat(kernel.descriptors()).isZero();
  }

  @Test
  void shouldTakeAnEventThatFailsWithAClosedDescriptorForALostRegistration() throws Exception {
    kernel.attach();
    tracepoint.register();
    kernel.closeBehind();

    assertThat(tracepoint.write(event)).isEqualTo(-Errno.ENOENT.number());
    assertThat(kernel.log).last().isEqualTo("fcntl 77 3 0");

    tracepoint.close();
    tracepoint.register();
    assertThat(tracepoint.write(event)).isZero();
    assertThat(kernel.registrations()).isEqualTo(1);
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("otlp_metrics")
        .contains("descriptor=77")
        .contains("EBADF")
        .contains("registered again");
  }

  @Test
  void shouldNotAskForTheDescriptorWhenNobodyIsAttached() throws Exception {
    kernel.attach();
    tracepoint.register();
    kernel.detach();

    assertThat(tracepoint.write(event)).isEqualTo(-Errno.EBADF.number());

    assertThat(kernel.log).last().isEqualTo("writev 77 3");
  }

  @Test
  void shouldBeDetachedWhenTheWordIsStillSetAndTheDescriptorIsOpen() throws Exception {
    kernel.attach();
    tracepoint.register();
    kernel.fail(Call.WRITE, Errno.EBADF);

    assertThat(tracepoint.write(event)).isEqualTo(-Errno.EBADF.number());

    assertThat(tracepoint.isRegistered()).isTrue();
    assertThat(tracepoint.write(event)).isZero();
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void shouldTouchALostDescriptorNoMore() throws Exception {
    kernel.attach();
    tracepoint.register();
    kernel.closeBehind();
    assertThat(tracepoint.write(event)).isEqualTo(-Errno.ENOENT.number());
    // Its number is another file's by now.
    kernel.log.clear();

    assertThat(tracepoint.write(event)).isEqualTo(-Errno.ENOENT.number());
    assertThat(tracepoint.isRecording()).as("so that somebody writes and it heals").isTrue();
    assertThat(tracepoint.isRegistered()).isFalse();
    tracepoint.close();

    assertThat(kernel.log).isEmpty();
    assertThat(tracepoint.isEnabled()).isFalse();
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isTrue();
  }

  @Test
  void shouldTakeBackTheRegistrationOfALostDescriptorThroughTheNextOne() throws Exception {
    kernel.attach();
    tracepoint.register();
    kernel.closeBehind();
    assertThat(tracepoint.isRegistered()).isFalse();
    tracepoint.close();

    tracepoint.register();
    tracepoint.close();

    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isFalse();
    assertThat(kernel.registrations()).isZero();
    assertThat(kernel.descriptors()).isZero();
  }

  @Test
  void shouldSayThatAClosedDescriptorRecordsSoThatSomebodyWrites() throws Exception {
    kernel.attach();
    tracepoint.register();
    kernel.closeBehind();

    assertThat(tracepoint.isRecording()).isTrue();
    assertThat(tracepoint.write(event)).isEqualTo(-Errno.ENOENT.number());
  }

  @Test
  void shouldBeRegisteredFromRegistrationToClosing() throws Exception {
    assertThat(tracepoint.isRegistered()).isFalse();
    tracepoint.register();
    assertThat(tracepoint.isRegistered()).isTrue();
    kernel.attach();
    assertThat(tracepoint.isRegistered()).isTrue();
    kernel.detach();
    assertThat(tracepoint.isRegistered()).isTrue();
    tracepoint.close();
    assertThat(tracepoint.isRegistered()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldFindTheDescriptorLostWhetherAListenerIsAttachedOrNot(boolean attached)
      throws Exception {
    tracepoint.register();
    if (attached) {
      kernel.attach();
    }
    kernel.closeBehind();

    assertThat(tracepoint.isRegistered()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldWriteNothingToAnotherFileToFindThatTheDescriptorIsLost(boolean attached)
      throws Exception {
    tracepoint.register();
    if (attached) {
      kernel.attach();
    }
    kernel.replaceBehind();
    kernel.log.clear();

    assertThat(tracepoint.isRegistered()).isFalse();
    tracepoint.close();

    assertThat(kernel.log).containsExactly("identify 77");
    assertThat(log.warnings()).singleElement().asString().contains("ENOTTY");
  }

  @Test
  void shouldFindTheRegistrationLostThatTheOpenFileDoesNotHave() throws Exception {
    kernel.detach();
    tracepoint.register();
    kernel.restore();

    assertThat(tracepoint.isRegistered()).isFalse();
    tracepoint.close();
    assertThat(kernel.descriptors()).as("this file is still the tracepoint's").isZero();
    kernel.attach();
    tracepoint.register();
    assertThat(tracepoint.write(event)).isZero();
  }

  @Test
  void shouldShowNoListenerThatItAsks() throws Exception {
    kernel.attach();
    tracepoint.register();

    assertThat(tracepoint.isRegistered()).isTrue();

    assertThat(kernel.probes).isEmpty();
    assertThat(kernel.calls(Call.WRITE)).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"EBADF", "EFAULT", "EINVAL", "EPERM", "EINTR"})
  void shouldBeRegisteredForAnyOtherErrorOfTheQuestion(Errno errno) throws Exception {
    tracepoint.register();
    kernel.writevError = -errno.number();

    assertThat(tracepoint.isRegistered()).isTrue();
  }

  @Test
  void shouldCloseTheFileWhenMemoryLacksToUnregister() throws Exception {
    kernel.attach();
    tracepoint.register();
    kernel.fail(Call.UNREGISTER, new OutOfMemoryError("Java heap space"));

    assertThatThrownBy(tracepoint::close).isInstanceOf(OutOfMemoryError.class);

    assertThat(kernel.descriptors()).isZero();
    assertThat(tracepoint.isEnabled()).isFalse();
    assertThat(ScriptedSyscalls.isWordHeld(tracepoint)).isTrue();
    tracepoint.register();
    assertThat(tracepoint.write(event)).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"OPEN", "REGISTER"})
  void shouldLeaveNothingBehindThatLaterRegistrationsMeetWhenMemoryLacks(Call call)
      throws Exception {
    kernel.answer(
        call,
        (usual, bytes) -> {
          if (call == Call.REGISTER) {
            // The kernel has done it; the memory lacks right after that.
            long unused = usual.getAsLong();
          }
          throw new OutOfMemoryError("Java heap space");
        });

    assertThatThrownBy(tracepoint::register).isInstanceOf(OutOfMemoryError.class);
    tracepoint.register();
    assertThat(tracepoint.write(event)).isZero();
    tracepoint.close();

    assertThat(kernel.descriptors()).isZero();
    assertThat(kernel.registrations()).isZero();
  }

  @Test
  void shouldNeedNoMemoryToClose() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    FrugalSyscalls frugal = new FrugalSyscalls();
    KernelTracepoint closing = new KernelTracepoint("otlp_metrics", TRACEFS, () -> frugal);
    for (int i = 0; i < 100; i++) {
      closing.register();
      closing.close();
    }
    closing.register();

    long before = threads.getCurrentThreadAllocatedBytes();
    closing.close();
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).isZero();
    assertThat(frugal.open).isZero();
    assertThat(ScriptedSyscalls.isWordHeld(closing)).isFalse();
  }

  @Test
  void shouldRegisterInAFolderThatAppearsLater(@TempDir Path folder) throws IOException {
    Path tracefs = folder.resolve("tracing");
    KernelTracepoint real = new KernelTracepoint("otlp_metrics", tracefs);
    assertThat(catchThrowableOfType(RegistrationException.class, real::register).errno())
        .isEqualTo(Errno.ENOENT.number());

    Files.createDirectory(tracefs);
    Files.createFile(tracefs.resolve("user_events_data"));

    // It is found; that it is no tracefs is the next thing that is wrong.
    assertThat(catchThrowableOfType(RegistrationException.class, real::register).errno())
        .isEqualTo(Errno.ENOTTY.number());
  }

  @Test
  void shouldRefuseANameThatTheKernelWouldRefuse() {
    assertThatThrownBy(() -> new KernelTracepoint("a b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static WeakReference<Object> wordOfClosedTracepoint(int unregisterResult)
      throws Exception {
    ScriptedSyscalls kernel = new ScriptedSyscalls();
    KernelTracepoint tracepoint = kernel.tracepoint();
    kernel.unregisterResult = unregisterResult;
    tracepoint.register();
    tracepoint.close();
    return new WeakReference<>(ScriptedSyscalls.wordOf(tracepoint));
  }

  private static WeakReference<Object> wordOfRegisteredTracepoint() throws Exception {
    KernelTracepoint tracepoint = new ScriptedSyscalls().tracepoint();
    tracepoint.register();
    return new WeakReference<>(ScriptedSyscalls.wordOf(tracepoint));
  }

  /** Succeeds, and allocates nothing. */
  private static final class FrugalSyscalls implements Syscalls {

    private int open;

    @Override
    public int open(String path, int flags) {
      open++;
      return ScriptedSyscalls.FD;
    }

    @Override
    public int close(int fd) {
      open--;
      return 0;
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
      return 0;
    }

    @Override
    public long writev(int fd, long iovecs, int count) {
      throw new AssertionError("nothing is written");
    }

    @Override
    public long read(int fd, long address, long length) {
      throw new AssertionError("a writer never reads");
    }

    @Override
    public int poll(long pollfds, int count, int timeoutMs) {
      throw new AssertionError("a writer never polls");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static java.util.Objects.requireNonNull;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.TracepointErrors.Call;
import io.userevents.tracepoint.TracepointErrors.Reaction;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes events to a user_events tracepoint of the running kernel, Linux 6.4 or newer with {@code
 * CONFIG_USER_EVENTS=y} ({@code kernel/trace/trace_events_user.c}).
 *
 * <p>The event exists from {@link #register} to {@link #close}. It exists longer if another process
 * has registered it too, or if a listener is attached.
 *
 * <p>The kernel binds a registration to the thread that makes it and to the threads that this one
 * starts later: when they have ended, it forgets the registration. For any other thread,
 * unregistering fails with ENOENT ({@code current->user_event_mm}). So the thread that registers
 * must live as long as the registration, and must close it.
 *
 * @since 0.1.0
 */
public final class KernelTracepoint implements Tracepoint {

  private static final Logger LOGGER = Logger.getLogger(KernelTracepoint.class.getName());

  private final String eventName;
  private final Supplier<DataFile> dataFiles;
  private final Supplier<Syscalls> syscallsOfMachine;
  private final EnableWord enableWord = new EnableWord();
  private final SetUpCalls setUp;
  private final KernelRegistration registration;
  private final DataDescriptor descriptor;

  /** The memory is released when the object is unreachable. */
  private final EventVector probe = new EventVector(1, 1);

  private @Nullable Syscalls syscalls;
  private int writeIndex;

  /**
   * Creates a tracepoint that registers through the descriptor that a service manager has passed to
   * this process by the name {@code user_events_data} ({@code LISTEN_FDS}, {@code LISTEN_FDNAMES}
   * and {@code LISTEN_PID} of sd_listen_fds(3)). If there is no such descriptor, it registers where
   * {@link Tracefs} finds the file.
   *
   * @param eventName name of the event, a C identifier
   * @throws IllegalArgumentException if the name is not a C identifier
   */
  public KernelTracepoint(String eventName) {
    this(
        eventName,
        DataFile.passedOrFound(System.getenv(), ProcessHandle.current().pid()),
        Syscalls::ofThisMachine);
  }

  /**
   * Creates a tracepoint that registers in the given folder, where tracefs is or will be mounted,
   * or with the given file {@code user_events_data}.
   *
   * @param eventName name of the event, a C identifier
   * @param tracefs the folder or the file
   * @throws IllegalArgumentException if the name is not a C identifier
   */
  public KernelTracepoint(String eventName, Path tracefs) {
    this(eventName, tracefs, Syscalls::ofThisMachine);
  }

  /**
   * Creates a tracepoint that registers through a descriptor of {@code user_events_data} that other
   * code has opened for writing, for example before this process started. The tracepoint never
   * closes it. Several tracepoints can share it; each write then waits for the writes of the others
   * (the kernel's {@code f_pos_lock}).
   *
   * @param eventName name of the event, a C identifier
   * @param descriptor number of the descriptor in this process, 0 or more; it is checked at
   *     registration
   * @throws IllegalArgumentException if the number is negative or the name is not a C identifier
   */
  public KernelTracepoint(String eventName, int descriptor) {
    this(eventName, DataFile.ofDescriptor(requireDescriptor(descriptor)), Syscalls::ofThisMachine);
  }

  KernelTracepoint(String eventName, Path tracefs, Supplier<Syscalls> syscallsOfMachine) {
    this(eventName, DataFile.inTracefs(requireNonNull(tracefs, "tracefs")), syscallsOfMachine);
  }

  /**
   * @param dataFiles called at each registration, because tracefs may be mounted after the process
   *     has started
   */
  KernelTracepoint(
      String eventName, Supplier<DataFile> dataFiles, Supplier<Syscalls> syscallsOfMachine) {
    this.eventName = EventLayout.requireValidName(requireNonNull(eventName, "eventName"));
    this.dataFiles = dataFiles;
    this.syscallsOfMachine = syscallsOfMachine;
    setUp = new SetUpCalls(eventName);
    TracepointLog log = new TracepointLog(LOGGER);
    registration = new KernelRegistration(eventName, enableWord, setUp, log);
    descriptor = new DataDescriptor(eventName, log);
    // This loads the table now, so that closing needs no memory for it.
    Reaction unused = TracepointErrors.ofWrite(0);
  }

  @Override
  public String eventName() {
    return eventName;
  }

  @Override
  public String register() throws RegistrationException {
    if (descriptor.isHeld()) {
      throw new IllegalStateException("already registered: eventName=" + eventName);
    }
    Syscalls calls = syscalls();
    DataFile file = dataFiles.get();
    int opened = setUp.open(calls, file);
    boolean registered = false;
    try {
      writeIndex = registration.register(calls, opened, file);
      // This may lack memory; the next registration then takes this one back first.
      String where = file + " write_index=" + writeIndex + " syscalls=" + calls.facility();
      descriptor.hold(opened, file.isInherited());
      registered = true;
      return where;
    } finally {
      if (!registered && !file.isInherited()) {
        calls.close(opened);
      }
    }
  }

  @Override
  public boolean isEnabled() {
    return enableWord.isSet();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The method writes an event whose buffer ends beyond the event. The kernel looks into the
   * event only if a listener records on this CPU; it then finds the wrong length, discards the
   * event and answers EFAULT ({@code user_event_validate} and its callers). Otherwise it answers
   * that all was written, or EBADF if no listener is attached. Some triggers of ftrace see the
   * event; {@code docs/kernel-abi.md} says more.
   *
   * @return whether a listener records on this CPU; also true if the answer is another error,
   *     because the next event meets that error too and its error is handled
   */
  @Override
  public boolean isRecording() {
    Syscalls calls = syscalls;
    if (calls == null || !descriptor.isHeld()) {
      return false;
    }
    if (descriptor.isLost()) {
      return true;
    }
    long result = probe(calls);
    return result < 0 && (!Errno.EBADF.is(result) || findsDescriptorClosed(calls));
  }

  /**
   * {@inheritDoc}
   *
   * <p>The method makes two system calls that change nothing. The first, an {@code ioctl} that the
   * kernel refuses, says whether the descriptor is still of {@code user_events_data}, so that
   * nothing is written to another file that has its number now. The second is made while no
   * listener is attached, and writes the event of {@link #isRecording}: the kernel looks up the
   * write index first, and answers ENOENT if this open file has no such registration and EBADF if
   * it has ({@code user_events_write_core}, Linux 6.12). While a listener is attached, the next
   * event meets the ENOENT.
   */
  @Override
  public boolean isRegistered() {
    Syscalls calls = syscalls;
    if (calls == null || !descriptor.isHeld() || descriptor.isLost()) {
      return false;
    }
    int file = registration.identify(calls, descriptor.number());
    if (Errno.EBADF.is(file) || Errno.ENOTTY.is(file)) {
      descriptor.lose(-file);
      return false;
    }
    return enableWord.isSet() || !Errno.ENOENT.is(probe(calls));
  }

  /**
   * {@inheritDoc}
   *
   * <p>EBADF has two causes: no listener is attached, or the descriptor is closed. While the enable
   * word is set, {@code fcntl(F_GETFL)} tells them apart.
   */
  @Override
  public int write(EventVector event) {
    Syscalls calls = syscalls;
    if (calls == null || !descriptor.isHeld()) {
      return -Errno.EBADF.number();
    }
    if (descriptor.isLost()) {
      return -Errno.ENOENT.number();
    }
    event.seal(writeIndex);
    long result = calls.writev(descriptor.number(), event.iovecs(), event.iovecCount());
    if (result == event.totalLength()) {
      return 0;
    }
    if (Errno.EBADF.is(result) && findsDescriptorClosed(calls)) {
      return -Errno.ENOENT.number();
    }
    // The kernel takes an event whole or not at all: a short count would be a broken kernel.
    return result < 0 ? (int) result : -Errno.EIO.number();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The method needs no memory of the heap. It does each step even if the one before has failed,
   * because the kernel writes to the enable word of a registration that is left behind.
   */
  @Override
  public void close() {
    Syscalls calls = syscalls;
    if (calls == null || !descriptor.isHeld()) {
      return;
    }
    boolean isOwn = descriptor.isOwn();
    boolean isLost = descriptor.isLost();
    int number = descriptor.giveUp();
    int result = 0;
    try {
      if (isLost) {
        registration.abandon();
      } else {
        result = registration.unregister(calls, number);
        isOwn &=
            result >= 0
                || TracepointErrors.of(Call.UNREGISTER, -result).reaction()
                    != Reaction.LEAVE_DESCRIPTOR;
      }
    } finally {
      // A descriptor that belongs to other code, from the start or by now, must stay open.
      if (isOwn) {
        calls.close(number);
      }
    }
    if (result < 0) {
      registration.logNotUnregistered(-result);
    }
  }

  private long probe(Syscalls calls) {
    probe.sealBeyondItsEnd(writeIndex);
    return calls.writev(descriptor.number(), probe.iovecs(), probe.iovecCount());
  }

  /** Returns, after EBADF, whether the descriptor is closed although a listener is attached. */
  private boolean findsDescriptorClosed(Syscalls calls) {
    return enableWord.isSet() && descriptor.loseIfClosed(calls);
  }

  private Syscalls syscalls() throws RegistrationException {
    Syscalls calls = syscalls;
    if (calls == null) {
      try {
        calls = syscallsOfMachine.get();
      } catch (UnsupportedOperationException e) {
        throw RegistrationException.ofUnsupported(eventName, e);
      }
      syscalls = calls;
    }
    return calls;
  }

  private static int requireDescriptor(int descriptor) {
    if (descriptor < 0) {
      throw new IllegalArgumentException("descriptor must be 0 or more: descriptor=" + descriptor);
    }
    return descriptor;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.TracepointErrors.Call;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Plays the kernel: does what the kernel does, unless it is told to answer otherwise, and keeps
 * what it was asked.
 *
 * <p>The consumer's thread makes the calls. Any thread may script answers, attach and detach; what
 * was kept is to be read when the consumer is at rest, as after a flush.
 */
public final class ScriptedSyscalls implements Syscalls {

  static final int FD = 77;

  private static final Path TRACEFS = Path.of("/tracefs");

  /** The behaviour of one call, in place of, before or after the usual one. */
  @FunctionalInterface
  interface Answer {
    /**
     * Gives the result of the call.
     *
     * @param usual does what the kernel does
     * @param bytes of the event if it is a write
     */
    long give(LongSupplier usual, long bytes);
  }

  /** Holds up one call, from when it begins until it is released. */
  public static final class Gate {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Waits until the call has begun. */
    public void awaitEntered() throws InterruptedException {
      entered.await();
    }

    /** Lets the call go on, also one that has not begun yet. */
    public void release() {
      released.countDown();
    }

    private void pass() {
      entered.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts the consumer", e);
      }
    }
  }

  /** Each call in words, in order. */
  final List<String> log = synchronizedList();

  /** The struct of each registration and unregistration, as it was passed. */
  final List<byte[]> structs = synchronizedList();

  /** The name of each registration up to its NUL. */
  final List<String> names = synchronizedList();

  /** The bytes of each event that was handed over, also if it was refused, piece by piece. */
  final List<byte[]> pieces = synchronizedList();

  /** The bytes of each event that only asks whether somebody records. */
  final List<byte[]> probes = synchronizedList();

  /** Whether a listener that is attached records. */
  volatile boolean recording = true;

  int openResult = FD;

  /** The answer of fcntl for a descriptor that other code has opened. */
  int inheritedFlags = O_WRONLY;

  int registerResult;
  int unregisterResult;

  /** The index that the next registration gets; the one after it gets the next number. */
  int givenWriteIndex = 5;

  /** If negative, what writev returns. */
  long writevError;

  /** If set, what ioctl throws. */
  @Nullable RuntimeException ioctlFailure;

  long enableAddress;

  private final Map<Call, Queue<Answer>> answers = new EnumMap<>(Call.class);
  private final List<Gate> gates = synchronizedList();
  private final List<byte[]> events = synchronizedList();
  private final Set<Long> words = new HashSet<>();
  private @Nullable Boolean attached;
  private int writeIndex = -1;

  /** If not 0, the descriptor is not of the kernel's file: EBADF or ENOTTY. */
  private int descriptorErrno;

  private int opened;
  private int closed;
  private volatile int lastUnregistration;

  /** Plays a kernel that nobody is registered with. */
  public ScriptedSyscalls() {
    for (Call call : Call.values()) {
      answers.put(call, new ConcurrentLinkedQueue<>());
    }
  }

  /** A tracepoint of this kernel. */
  public KernelTracepoint tracepoint() {
    return tracepoint("otlp_metrics");
  }

  /** A tracepoint of this kernel, with its own name. */
  public KernelTracepoint tracepoint(String eventName) {
    return new KernelTracepoint(eventName, TRACEFS, () -> this);
  }

  /** A tracepoint of this kernel, through a descriptor that somebody else has opened. */
  public KernelTracepoint inheritingTracepoint(int descriptor) {
    return new KernelTracepoint("otlp_metrics", DataFile.ofDescriptor(descriptor), () -> this);
  }

  /** The next call of this kind that has no answer yet fails with this, and has no effect. */
  public ScriptedSyscalls fail(Call call, Errno errno) {
    return fail(call, errno.number());
  }

  /** Like {@link #fail(Call, Errno)}, for any number. */
  public ScriptedSyscalls fail(Call call, int errno) {
    return answer(call, (usual, bytes) -> -errno);
  }

  /** The next write that has no answer yet says that it took so many bytes less, and takes none. */
  public ScriptedSyscalls writeShortBy(int missing) {
    return answer(Call.WRITE, (usual, bytes) -> bytes - missing);
  }

  /** The next call of this kind that has no answer yet throws this, and has no effect. */
  public ScriptedSyscalls fail(Call call, Error failure) {
    return answer(
        call,
        (usual, bytes) -> {
          throw failure;
        });
  }

  /** The next call of this kind that has no answer yet throws this, and has no effect. */
  public ScriptedSyscalls fail(Call call, RuntimeException failure) {
    return answer(
        call,
        (usual, bytes) -> {
          throw failure;
        });
  }

  /** The next call of this kind that has no answer yet hangs until released, then does its work. */
  public Gate hang(Call call) {
    Gate gate = new Gate();
    gates.add(gate);
    answer(
        call,
        (usual, bytes) -> {
          gate.pass();
          return usual.getAsLong();
        });
    return gate;
  }

  /** Releases whatever hangs or would. */
  public void releaseAll() {
    List.copyOf(gates).forEach(Gate::release);
  }

  /** A listener attaches. From now on, writes fail with EBADF while none is attached. */
  public synchronized void attach() {
    attached = true;
    words.forEach(this::setEnableWord);
  }

  /** The last listener detaches. */
  public synchronized void detach() {
    attached = false;
    words.forEach(this::setEnableWord);
  }

  /** Other code closes the descriptor; the kernel keeps what was registered through it. */
  public synchronized void closeBehind() {
    descriptorErrno = Errno.EBADF.number();
    closed++;
  }

  /** Other code closes the descriptor, and another file gets its number and takes what comes. */
  public synchronized void replaceBehind() {
    closeBehind();
    descriptorErrno = Errno.ENOTTY.number();
  }

  /** The process is restored by another kernel: the file is open, but nothing is registered. */
  public synchronized void restore() {
    words.clear();
    writeIndex = -1;
  }

  /** How often a call of this kind was made. */
  public long calls(Call call) {
    String word =
        switch (call) {
          case INHERIT -> "fcntl ";
          case OPEN -> "open ";
          case WRITE -> "writev ";
          case REGISTER -> "0xc0082a00";
          case UNREGISTER -> "0x40082a02";
        };
    return List.copyOf(log).stream().filter(line -> line.contains(word)).count();
  }

  /**
   * Every call in words, in order: the name and the descriptor or path first. A write that only
   * asks whether somebody records is a {@code probe}, and an unregistration that only asks what the
   * descriptor is of is {@code identify}.
   */
  public List<String> calls() {
    return List.copyOf(log);
  }

  /** The buffers of the events that were taken: the records of each, one after the other. */
  public List<byte[]> events() {
    return List.copyOf(events);
  }

  /** How many descriptors are open. */
  public synchronized int descriptors() {
    return opened - closed;
  }

  /** How many words are registered. */
  public synchronized int registrations() {
    return words.size();
  }

  /** Returns the answer to the last unregistration: 0 or a negated errno; 0 if there was none. */
  public int lastUnregistration() {
    return lastUnregistration;
  }

  /** Whether the tracepoint's enable word is kept, because the kernel may write to it. */
  public static boolean isWordHeld(KernelTracepoint tracepoint) {
    return wordOf(tracepoint).isHeld();
  }

  static EnableWord wordOf(KernelTracepoint tracepoint) {
    try {
      Field field = KernelTracepoint.class.getDeclaredField("enableWord");
      field.setAccessible(true);
      return (EnableWord) field.get(tracepoint);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no enable word", e);
    }
  }

  ScriptedSyscalls answer(Call call, Answer answer) {
    answersTo(call).add(answer);
    return this;
  }

  /** Does the kernel's work when a listener attaches or detaches. */
  void setEnableWord(int value) {
    new UnsafeBuffer(enableAddress, 4).putIntVolatile(0, value);
  }

  @Override
  public int open(String path, int flags) {
    log.add("open " + path + " " + flags);
    return (int) give(Call.OPEN, this::open, 0);
  }

  /** Any descriptor is open, with these flags. */
  @Override
  public int fcntl(int fd, int command, long argument) {
    log.add("fcntl " + fd + " " + command + " " + argument);
    return (int) give(Call.INHERIT, this::flags, 0);
  }

  @Override
  public synchronized int close(int fd) {
    log.add("close " + fd);
    closed++;
    return 0;
  }

  @Override
  public int ioctl(int fd, long request, long argument) {
    if (request == RegistrationLayout.UNREGISTER && new UnsafeBuffer(argument, 4).getInt(0) == 0) {
      return identify(fd);
    }
    log.add("ioctl " + fd + " 0x" + Long.toHexString(request));
    if (ioctlFailure != null) {
      throw ioctlFailure;
    }
    if (request == RegistrationLayout.REGISTER) {
      byte[] struct = bytesAt(argument, 28);
      structs.add(struct);
      enableAddress = new UnsafeBuffer(struct).getLong(8);
      names.add(stringAt(new UnsafeBuffer(struct).getLong(16)));
      return (int) give(Call.REGISTER, () -> register(argument), 0);
    }
    structs.add(bytesAt(argument, 16));
    lastUnregistration = (int) give(Call.UNREGISTER, () -> unregister(argument), 0);
    return lastUnregistration;
  }

  @Override
  public long writev(int fd, long iovecs, int count) {
    if (isProbe(iovecs, count)) {
      return probe(fd, iovecs);
    }
    log.add("writev " + fd + " " + count);
    UnsafeBuffer array = new UnsafeBuffer(iovecs, count * 16);
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    int index = -1;
    long total = 0;
    for (int i = 0; i < count; i++) {
      byte[] piece = bytesAt(array.getLong(16 * i), (int) array.getLong(16 * i + 8));
      pieces.add(piece);
      total += piece.length;
      if (i == 0) {
        index = new UnsafeBuffer(piece).getInt(0);
      } else {
        records.writeBytes(piece);
      }
    }
    int asked = index;
    long bytes = total;
    return give(Call.WRITE, () -> write(asked, records.toByteArray(), bytes), bytes);
  }

  @Override
  public long read(int fd, long address, long length) {
    throw new AssertionError("a writer never reads");
  }

  @Override
  public int poll(long pollfds, int count, int timeoutMs) {
    throw new AssertionError("a writer never polls");
  }

  /** Whether the event's buffer ends beyond the event. Such ones are no scripted writes. */
  private static boolean isProbe(long iovecs, int count) {
    byte[] prefix = bytesAt(new UnsafeBuffer(iovecs, 16).getLong(0), 20);
    return count == 1 && new UnsafeBuffer(prefix).getInt(16) >>> 16 > 0;
  }

  /** {@code user_event_validate}, which only a listener that records has called. */
  private synchronized long probe(int fd, long iovecs) {
    UnsafeBuffer iovec = new UnsafeBuffer(iovecs, 16);
    log.add("probe " + fd);
    probes.add(bytesAt(iovec.getLong(0), (int) iovec.getLong(8)));
    if (writevError < 0) {
      return writevError;
    }
    if (descriptorErrno != 0) {
      return descriptorErrno == Errno.EBADF.number() ? -descriptorErrno : iovec.getLong(8);
    }
    if (new UnsafeBuffer(iovec.getLong(0), 4).getInt(0) != writeIndex) {
      return -Errno.ENOENT.number();
    }
    if (attached != null && !attached) {
      return -Errno.EBADF.number();
    }
    return recording ? -Errno.EFAULT.number() : iovec.getLong(8);
  }

  /** {@code user_unreg_get}, which refuses a structure that has no length. */
  private synchronized int identify(int fd) {
    log.add("identify " + fd);
    return descriptorErrno == 0 ? -Errno.EINVAL.number() : -descriptorErrno;
  }

  private synchronized long flags() {
    return descriptorErrno == Errno.EBADF.number() ? -descriptorErrno : inheritedFlags;
  }

  private long give(Call call, LongSupplier usual, long bytes) {
    Answer answer = answersTo(call).poll();
    return answer == null ? usual.getAsLong() : answer.give(usual, bytes);
  }

  private Queue<Answer> answersTo(Call call) {
    Queue<Answer> queue = answers.get(call);
    if (queue == null) {
      throw new AssertionError(call);
    }
    return queue;
  }

  private synchronized long open() {
    if (openResult >= 0) {
      opened++;
      descriptorErrno = 0;
    }
    return openResult;
  }

  /** {@code user_events_ioctl_reg}. */
  private synchronized long register(long argument) {
    if (registerResult < 0) {
      return registerResult;
    }
    if (descriptorErrno != 0) {
      return -descriptorErrno;
    }
    if (!words.add(enableAddress)) {
      return -Errno.EADDRINUSE.number();
    }
    writeIndex = givenWriteIndex++;
    new UnsafeBuffer(argument, 28).putInt(24, writeIndex);
    if (attached != null) {
      setEnableWord(enableAddress);
    }
    return registerResult;
  }

  /** {@code user_events_ioctl_unreg}. */
  private synchronized long unregister(long argument) {
    if (unregisterResult < 0) {
      return unregisterResult;
    }
    if (descriptorErrno != 0) {
      return -descriptorErrno;
    }
    long address = new UnsafeBuffer(argument, 16).getLong(8);
    if (!words.remove(address)) {
      return -Errno.ENOENT.number();
    }
    new UnsafeBuffer(address, 4).putIntVolatile(0, 0);
    return unregisterResult;
  }

  /** {@code user_events_write_core}. */
  private synchronized long write(int index, byte[] records, long bytes) {
    if (writevError < 0) {
      return writevError;
    }
    if (descriptorErrno != 0) {
      return descriptorErrno == Errno.EBADF.number() ? -descriptorErrno : bytes;
    }
    if (index != writeIndex) {
      return -Errno.ENOENT.number();
    }
    if (attached != null && !attached) {
      return -Errno.EBADF.number();
    }
    events.add(records);
    return bytes;
  }

  private void setEnableWord(long address) {
    boolean set = attached != null && attached;
    new UnsafeBuffer(address, 4).putIntVolatile(0, set ? 1 : 0);
  }

  private static <T> List<T> synchronizedList() {
    return Collections.synchronizedList(new ArrayList<>());
  }

  private static byte[] bytesAt(long address, int length) {
    byte[] bytes = new byte[length];
    new UnsafeBuffer(address, length).getBytes(0, bytes);
    return bytes;
  }

  private static String stringAt(long address) {
    StringBuilder chars = new StringBuilder();
    for (int i = 0; i < 1024; i++) {
      byte c = new UnsafeBuffer(address + i, 1).getByte(0);
      if (c == 0) {
        return chars.toString();
      }
      chars.append((char) c);
    }
    throw new AssertionError("no NUL after " + chars);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.syscall.Syscalls;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** Plays the kernel: answers as told, and keeps what it was asked. */
final class ScriptedSyscalls implements Syscalls {

  static final int FD = 77;

  /** Each call in words, in order. */
  final List<String> log = new ArrayList<>();

  /** The struct of each registration and unregistration, as it was passed. */
  final List<byte[]> structs = new ArrayList<>();

  /** The name of each registration up to its NUL. */
  final List<String> names = new ArrayList<>();

  /** The bytes of each event, piece by piece. */
  final List<byte[]> pieces = new ArrayList<>();

  int openResult = FD;
  int registerResult;
  int unregisterResult;
  int givenWriteIndex = 5;

  /** Added to what writev was given, to tell a short write. */
  int writevShortBy;

  /** If negative, what writev returns. */
  long writevError;

  /** If set, what ioctl throws. */
  @Nullable RuntimeException ioctlFailure;

  long enableAddress;

  /** What the kernel does when a listener attaches or detaches. */
  void setEnableWord(int value) {
    new UnsafeBuffer(enableAddress, 4).putIntVolatile(0, value);
  }

  @Override
  public int open(String path, int flags) {
    log.add("open " + path + " " + flags);
    return openResult;
  }

  @Override
  public int close(int fd) {
    log.add("close " + fd);
    return 0;
  }

  @Override
  public int ioctl(int fd, long request, long argument) {
    log.add("ioctl " + fd + " 0x" + Long.toHexString(request));
    if (ioctlFailure != null) {
      throw ioctlFailure;
    }
    return request == RegistrationLayout.REGISTER ? register(argument) : unregister(argument);
  }

  @Override
  public long writev(int fd, long iovecs, int count) {
    log.add("writev " + fd + " " + count);
    UnsafeBuffer array = new UnsafeBuffer(iovecs, count * 16);
    long total = 0;
    for (int i = 0; i < count; i++) {
      byte[] piece = bytesAt(array.getLong(16 * i), (int) array.getLong(16 * i + 8));
      pieces.add(piece);
      total += piece.length;
    }
    return writevError < 0 ? writevError : total - writevShortBy;
  }

  @Override
  public long read(int fd, long address, long length) {
    throw new AssertionError("a writer never reads");
  }

  @Override
  public int poll(long pollfds, int count, int timeoutMs) {
    throw new AssertionError("a writer never polls");
  }

  private int register(long argument) {
    byte[] struct = bytesAt(argument, 28);
    structs.add(struct);
    enableAddress = new UnsafeBuffer(struct).getLong(8);
    names.add(stringAt(new UnsafeBuffer(struct).getLong(16)));
    new UnsafeBuffer(argument, 28).putInt(24, givenWriteIndex);
    return registerResult;
  }

  private int unregister(long argument) {
    structs.add(bytesAt(argument, 16));
    return unregisterResult;
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

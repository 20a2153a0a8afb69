// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import org.jspecify.annotations.Nullable;

/**
 * Names the error numbers that the calls of this project can meet, as Linux numbers them on x86-64
 * and aarch64 ({@code asm-generic/errno-base.h} and {@code errno.h}).
 */
public enum Errno {
  EPERM(1, "operation not permitted"),
  ENOENT(2, "no such file or directory"),
  ESRCH(3, "no such process"),
  EINTR(4, "interrupted"),
  EIO(5, "input/output error"),
  E2BIG(7, "argument too long"),
  EBADF(9, "bad file descriptor"),
  EAGAIN(11, "try again"),
  ENOMEM(12, "out of memory"),
  EACCES(13, "permission denied"),
  EFAULT(14, "bad address"),
  EBUSY(16, "device or resource busy"),
  EEXIST(17, "file exists"),
  ENODEV(19, "no such device"),
  ENOTDIR(20, "not a directory"),
  EINVAL(22, "invalid argument"),
  ENFILE(23, "too many open files in system"),
  EMFILE(24, "too many open files"),
  ENOTTY(25, "no such ioctl"),
  ENOSPC(28, "no space left"),
  EROFS(30, "read-only file system"),
  ENOSYS(38, "function not implemented"),
  ENOTEMPTY(39, "directory not empty"),
  EOPNOTSUPP(95, "operation not supported"),
  EADDRINUSE(98, "address already in use");

  /** One more than the highest number that Linux gives ({@code EHWPOISON}, 133). */
  public static final int COUNT = 134;

  private static final @Nullable Errno[] BY_NUMBER = new @Nullable Errno[COUNT];

  static {
    for (Errno errno : values()) {
      BY_NUMBER[errno.number] = errno;
    }
  }

  private final int number;
  private final String meaning;

  Errno(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /** The kernel's number for it. */
  public int number() {
    return number;
  }

  /** Whether a system call's result is this error. */
  public boolean is(long result) {
    return result == -number;
  }

  /** The constant with this number, or null if there is none. */
  public static @Nullable Errno of(int number) {
    return number >= 0 && number < COUNT ? BY_NUMBER[number] : null;
  }

  /** Name, number and meaning of any error number, e.g. {@code EACCES (13, permission denied)}. */
  public static String describe(int number) {
    Errno errno = of(number);
    return errno == null
        ? "errno " + number
        : errno.name() + " (" + number + ", " + errno.meaning + ")";
  }
}

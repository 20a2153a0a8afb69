// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import org.jspecify.annotations.Nullable;

/**
 * An error number that the calls of this project can return, as Linux numbers them on x86-64 and
 * aarch64 ({@code asm-generic/errno-base.h} and {@code errno.h}).
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public enum Errno {
  /** Operation not permitted. */
  EPERM(1, "operation not permitted"),
  /** No such file or directory. */
  ENOENT(2, "no such file or directory"),
  /** No such process. */
  ESRCH(3, "no such process"),
  /** Interrupted. */
  EINTR(4, "interrupted"),
  /** Input/output error. */
  EIO(5, "input/output error"),
  /** Argument too long. */
  E2BIG(7, "argument too long"),
  /** Bad file descriptor. */
  EBADF(9, "bad file descriptor"),
  /** Try again. */
  EAGAIN(11, "try again"),
  /** Out of memory. */
  ENOMEM(12, "out of memory"),
  /** Permission denied. */
  EACCES(13, "permission denied"),
  /** Bad address. */
  EFAULT(14, "bad address"),
  /** Device or resource busy. */
  EBUSY(16, "device or resource busy"),
  /** File exists. */
  EEXIST(17, "file exists"),
  /** No such device. */
  ENODEV(19, "no such device"),
  /** Not a directory. */
  ENOTDIR(20, "not a directory"),
  /** Invalid argument. */
  EINVAL(22, "invalid argument"),
  /** Too many open files in system. */
  ENFILE(23, "too many open files in system"),
  /** Too many open files. */
  EMFILE(24, "too many open files"),
  /** No such ioctl. */
  ENOTTY(25, "no such ioctl"),
  /** No space left. */
  ENOSPC(28, "no space left"),
  /** Read-only file system. */
  EROFS(30, "read-only file system"),
  /** Function not implemented. */
  ENOSYS(38, "function not implemented"),
  /** Directory not empty. */
  ENOTEMPTY(39, "directory not empty"),
  /** Operation not supported. */
  EOPNOTSUPP(95, "operation not supported"),
  /** Address already in use. */
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

  /** {@return the kernel's number of the error} */
  public int number() {
    return number;
  }

  /**
   * Returns whether the result of a system call is this error.
   *
   * @param result the result, a negated number if the call has failed
   * @return whether it is this error
   */
  public boolean is(long result) {
    return result == -number;
  }

  /**
   * Returns the constant with this number.
   *
   * @param number number of an error, positive
   * @return the constant, or null if there is none
   */
  public static @Nullable Errno of(int number) {
    return number >= 0 && number < COUNT ? BY_NUMBER[number] : null;
  }

  /**
   * Returns the name, number and meaning of an error, for example {@code EACCES (13, permission
   * denied)}.
   *
   * @param number any number of an error, positive
   * @return the text
   */
  public static String describe(int number) {
    Errno errno = of(number);
    return errno == null
        ? "errno " + number
        : errno.name() + " (" + number + ", " + errno.meaning + ")";
  }
}

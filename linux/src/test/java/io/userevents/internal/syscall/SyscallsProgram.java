// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

/** Prints what makes this JVM's system calls, and what a few of them return. */
final class SyscallsProgram {

  private SyscallsProgram() {}

  public static void main(String[] arguments) {
    try {
      Syscalls calls = Syscalls.ofThisMachine();
      System.out.println(calls.facility());
      System.out.println("open " + calls.open("/nowhere", Syscalls.O_RDONLY));
      System.out.println("close " + calls.close(1_000_000));
      System.out.println("fcntl " + (calls.fcntl(1, Syscalls.F_GETFL, 0) & Syscalls.O_ACCMODE));
    } catch (UnsupportedOperationException e) {
      System.out.println("refused: " + e.getMessage());
      for (Throwable suppressed : e.getSuppressed()) {
        System.out.println("before: " + suppressed.getMessage());
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Pins the calling thread to a CPU, and returns the CPUs that it can be pinned to.
 *
 * <p>The <b>allowed</b> CPUs are those that the kernel accepts: the online CPUs of the process's
 * cpuset ({@code __sched_setaffinity()} in {@code kernel/sched/syscalls.c}, Linux 6.12). Containers
 * and {@code systemd}'s {@code AllowedCPUs} set the cpuset. The CPUs that the thread may run on
 * right now are no limit. A thread starts with the CPUs of the thread that started it. The first
 * thread of the process starts with the CPUs that {@code taskset} or the boot option {@code
 * isolcpus} has left it. Each may take other CPUs of the cpuset at any time. This is intended: a
 * service as a whole is kept off isolated CPUs, and only {@code sched_setaffinity(2)} or a cpuset
 * moves a thread onto one of them.
 *
 * <p>The methods are for platform threads. Any thread may call them; each call affects only the
 * calling thread.
 *
 * @since 0.1.0
 */
public final class CpuAffinity {

  private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");
  private static final int CALLING_THREAD = 0;

  /** The size of a mask that most kernels accept; it is doubled for the others. */
  private static final int FIRST_ROOM_CPUS = 1024;

  /** Whether a thread of this process was pinned here. */
  private static volatile boolean isPinning;

  private final Syscalls calls;
  private final Path online;

  CpuAffinity(Syscalls calls, Path online) {
    this.calls = calls;
    this.online = online;
  }

  /**
   * Makes the calling thread run on this CPU only. When the method returns, the thread runs there.
   *
   * <p>Threads that this thread starts later inherit the CPU (sched_setaffinity(2)). {@link
   * Runtime#availableProcessors()} returns 1 on it, so thread pools that it creates get that size.
   *
   * @param cpu number of the CPU, 0 to {@link CpuSet#MAX_CPU}
   * @throws IllegalArgumentException if the number is not in that range
   * @throws CpuAffinityException if the kernel refuses; the thread then runs where it ran before.
   *     The message names the CPU and the allowed CPUs
   */
  public static void pinCurrentThread(int cpu) throws CpuAffinityException {
    CpuSet.requireValid(cpu);
    CpuAffinity affinity;
    try {
      affinity = ofThisMachine();
    } catch (UnsupportedOperationException e) {
      throw new CpuAffinityException(cannotPin(cpu) + e.getMessage(), Errno.ENOSYS.number(), e);
    }
    affinity.pin(cpu);
    isPinning = true;
  }

  /**
   * Gives the calling thread the CPUs of the first thread of the process, if this class has pinned
   * any thread. Call this on a thread that a pinned thread may have started; otherwise the two
   * share a CPU. If the kernel refuses, nothing changes. The call costs two system calls, and none
   * if no thread was pinned.
   *
   * @throws UnsupportedOperationException if this is not a 64-bit Linux; this cannot happen once a
   *     thread was pinned
   */
  public static void leavePinnedCpu() {
    if (isPinning) {
      ofThisMachine().takeCpusOf((int) ProcessHandle.current().pid());
    }
  }

  /**
   * Returns the CPUs that the calling thread can be pinned to. Where pinning is forbidden, they are
   * the CPUs that the thread has. The method asks the kernel on a short-lived thread, so nothing
   * changes for the calling thread.
   *
   * @return the allowed CPUs
   * @throws CpuAffinityException if the kernel refuses to answer
   * @throws UnsupportedOperationException if this is not a 64-bit Linux
   */
  public static CpuSet allowedCpus() throws CpuAffinityException {
    return ofThisMachine().allowed();
  }

  private static CpuAffinity ofThisMachine() {
    return new CpuAffinity(Syscalls.ofThisMachine(), ONLINE);
  }

  void pin(int cpu) throws CpuAffinityException {
    int result;
    try (CpuMask mask = CpuMask.of(CpuSet.requireValid(cpu))) {
      result = set(mask);
    }
    if (result < 0) {
      throw refused(cpu, -result);
    }
  }

  /** Returns the CPUs that the calling thread may run on now. */
  CpuSet current() throws CpuAffinityException {
    for (int room = FIRST_ROOM_CPUS; ; room *= 2) {
      try (CpuMask mask = CpuMask.allocate(room)) {
        int result = calls.schedGetAffinity(CALLING_THREAD, mask.length(), mask.address());
        if (result >= 0) {
          return mask.toSet();
        }
        if (!Errno.EINVAL.is(result) || room > CpuSet.MAX_CPU) {
          throw new CpuAffinityException(
              "cannot tell the CPUs of thread "
                  + Thread.currentThread().getName()
                  + ": call=sched_getaffinity errno="
                  + Errno.describe(-result),
              -result,
              null);
        }
      }
    }
  }

  /**
   * Gives the calling thread the CPUs that another thread has. The number of the process is that of
   * its first thread.
   */
  void takeCpusOf(int tid) {
    for (int room = FIRST_ROOM_CPUS; room <= 2 * CpuSet.MAX_CPU; room *= 2) {
      try (CpuMask mask = CpuMask.allocate(room)) {
        int result = calls.schedGetAffinity(tid, mask.length(), mask.address());
        if (result >= 0) {
          int unused = set(mask);
          return;
        }
        if (!Errno.EINVAL.is(result)) {
          return;
        }
      }
    }
  }

  CpuSet allowed() throws CpuAffinityException {
    FutureTask<CpuSet> probe = new FutureTask<>(this::widest);
    Thread thread = new Thread(probe, "user-events-allowed-cpus");
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    thread.start();
    return resultOf(probe);
  }

  /** Takes all CPUs that the kernel allows, and returns them. Only for a thread that then ends. */
  private CpuSet widest() throws CpuAffinityException {
    try (CpuMask all = CpuMask.ofAll()) {
      // The kernel keeps the allowed CPUs. Where the call is forbidden, each thread keeps
      // the CPUs that it was started with; this thread started with those of its caller.
      int unused = set(all);
    }
    return current();
  }

  private int set(CpuMask mask) {
    return calls.schedSetAffinity(CALLING_THREAD, mask.length(), mask.address());
  }

  private static CpuSet resultOf(FutureTask<CpuSet> probe) throws CpuAffinityException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return probe.get();
        } catch (InterruptedException e) {
          // The probe is three system calls, so it ends soon.
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof CpuAffinityException failure) {
            throw failure;
          }
          throw new IllegalStateException("cannot tell the allowed CPUs", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private CpuAffinityException refused(int cpu, int errno) {
    @Nullable CpuSet allowed = null;
    @Nullable Throwable untold = null;
    try {
      allowed = allowed();
    } catch (CpuAffinityException | RuntimeException | OutOfMemoryError e) {
      // For example, no thread could be started. The refusal is reported without the allowed CPUs.
      untold = e;
    }
    @Nullable CpuSet onlineCpus = online();
    return new CpuAffinityException(
        cannotPin(cpu)
            + "call=sched_setaffinity errno="
            + Errno.describe(errno)
            + " allowed cpus="
            + describe(allowed)
            + " online cpus="
            + describe(onlineCpus)
            + "; "
            + remedy(cpu, errno, allowed, onlineCpus),
        errno,
        untold);
  }

  private static String remedy(
      int cpu, int errno, @Nullable CpuSet allowed, @Nullable CpuSet onlineCpus) {
    @Nullable Errno known = Errno.of(errno);
    if (known == null) {
      return "see sched_setaffinity(2)";
    }
    return switch (known) {
      case EINVAL -> {
        if (onlineCpus != null && !onlineCpus.contains(cpu)) {
          yield "the machine has no such CPU, or it is offline: choose one of the allowed ones";
        }
        if (allowed != null && allowed.contains(cpu)) {
          yield "the allowed ones have just changed: try again";
        }
        yield "choose one of the allowed ones, or add it to the cpuset of the process"
            + " (cpuset.cpus of its cgroup, AllowedCPUs of its unit, the CPUs of its container)";
      }
      case EPERM, EACCES, ENOSYS ->
          "a seccomp filter or a security module forbids pinning: permit sched_setaffinity in the"
              + " container's seccomp profile, or in SystemCallFilter of the unit";
      default -> "see sched_setaffinity(2)";
    };
  }

  private @Nullable CpuSet online() {
    try {
      return CpuSet.parse(Files.readString(online));
    } catch (IOException | IllegalArgumentException e) {
      // This is only for the message; sysfs may not be mounted.
      return null;
    }
  }

  private static String describe(@Nullable CpuSet cpus) {
    if (cpus == null) {
      return "unknown";
    }
    return cpus.isEmpty() ? "none" : cpus.toString();
  }

  private static String cannotPin(int cpu) {
    return "cannot pin thread " + Thread.currentThread().getName() + " to cpu=" + cpu + ": ";
  }
}

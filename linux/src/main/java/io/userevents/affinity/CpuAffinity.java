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
 * Pins the calling thread to a CPU, and tells which CPUs it may be pinned to.
 *
 * <p><b>Allowed</b> is what the kernel accepts: the CPUs of the process's cpuset, which is what
 * containers and {@code systemd}'s {@code AllowedCPUs} set, as far as they are online ({@code
 * __sched_setaffinity()} in {@code kernel/sched/syscalls.c}, Linux 6.12). The CPUs that the thread
 * may run on right now are no limit. A thread starts with those of the thread that started it, and
 * the first of the process with what {@code taskset} or the boot option {@code isolcpus} has left
 * it; it may take others of the cpuset at any time. That is more than a loophole: a service is kept
 * off isolated CPUs as a whole, and only {@code sched_setaffinity(2)} or a cpuset moves a thread
 * onto one of them.
 *
 * <p>For platform threads. Any thread may call any method; each is for the calling thread only.
 */
public final class CpuAffinity {

  private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");
  private static final int CALLING_THREAD = 0;

  /** What most machines' kernels are content with; for others it is doubled. */
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
   * Has the calling thread run on this CPU only, from now on. When it returns, the thread is there.
   *
   * <p>Threads that this thread starts later start on the same CPU only (sched_setaffinity(2)), and
   * {@link Runtime#availableProcessors()} is 1 for it: pools that are made on it are sized by that.
   *
   * @param cpu its number, 0 to {@link CpuSet#MAX_CPU}
   * @throws IllegalArgumentException if the number is not in that range
   * @throws CpuAffinityException if the kernel refuses; the thread runs where it did before. The
   *     message names the CPU and the allowed ones
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
   * Gives the calling thread the CPUs of the first thread of the process, if any thread was pinned
   * here. For a thread that a pinned one may have started, which would share its CPU. Where the
   * kernel refuses, nothing changes. Costs two system calls, and none if no thread was pinned.
   *
   * @throws UnsupportedOperationException if this is not a 64-bit Linux, which cannot be after a
   *     thread was pinned
   */
  public static void leavePinnedCpu() {
    if (isPinning) {
      ofThisMachine().takeCpusOf((int) ProcessHandle.current().pid());
    }
  }

  /**
   * The CPUs that the calling thread can be pinned to; where pinning is forbidden, those that it
   * has. Asks the kernel with a thread that ends at once, so that nothing changes for the calling
   * one.
   *
   * @throws CpuAffinityException if the kernel does not tell
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

  /** The CPUs that the calling thread may run on now. */
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
   * Gives the calling thread the CPUs that another one has; the number of the process is its first.
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

  /** For a thread that is of no further use: it takes all CPUs that the kernel lets it have. */
  private CpuSet widest() throws CpuAffinityException {
    try (CpuMask all = CpuMask.ofAll()) {
      // Keeps those that are allowed. Where the call is forbidden, no thread gets any but those
      // that
      // it was started with, and this one was started with the calling one's.
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
          // The probe is three system calls: it ends before anybody would miss this thread.
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
      // No thread to be had, for one. The refusal is worth telling without the allowed CPUs too.
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
      // Only for the message: sysfs may not be mounted.
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

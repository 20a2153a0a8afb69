// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code /proc}. Source of the formats: {@code Documentation/filesystems/proc.rst}, Linux
 * 6.12. Every user may read these files, unless {@code /proc} is mounted with {@code hidepid}; the
 * link {@code exe} needs the same user or CAP_SYS_PTRACE.
 */
final class ProcFs {

  /** The largest number of bytes that are read. A command line can have megabytes. */
  private static final int MAX_BYTES = 4096;

  private static final int MAX_CHARS = 256;

  private static final int START_TICKS_AFTER_NAME = 19;
  private static final Pattern TGID = Pattern.compile("(?m)^Tgid:\\s*(\\d{1,9})$");
  private static final Pattern UID = Pattern.compile("(?m)^Uid:\\s*(\\d{1,10})\\s");

  private final Path root;

  ProcFs(Path root) {
    this.root = root;
  }

  /** Returns the process of a thread, or -1 if the thread has ended. */
  int processOf(int tid) {
    return (int) number(TGID, read(tid, "status"));
  }

  /** Returns the start time of a process in ticks since boot, or -1 if it has ended. */
  long startTicks(int pid) {
    String stat = read(pid, "stat");
    // The name is in parentheses and may contain parentheses.
    int nameEnd = stat.lastIndexOf(')');
    String[] fields = stat.substring(nameEnd + 1).strip().split(" ", -1);
    if (nameEnd < 0 || fields.length <= START_TICKS_AFTER_NAME) {
      return -1;
    }
    try {
      return Long.parseLong(fields[START_TICKS_AFTER_NAME]);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Returns all data about a process. */
  ProcessInfo process(int pid) {
    long startTicks = startTicks(pid);
    if (startTicks < 0) {
      return ProcessInfo.unknown(pid);
    }
    String cgroups = read(pid, "cgroup");
    String arguments = read(pid, "cmdline");
    int firstEnd = arguments.indexOf('\0');
    ProcessInfo process =
        new ProcessInfo(
            pid,
            startTicks,
            number(UID, read(pid, "status")),
            read(pid, "comm").strip(),
            cut(firstEnd < 0 ? arguments : arguments.substring(0, firstEnd)),
            cut(executable(pid)),
            CgroupNames.containerId(cgroups),
            CgroupNames.podUid(cgroups));
    // If the process ended in the meantime, parts may belong to another process.
    return startTicks(pid) == startTicks ? process : ProcessInfo.unknown(pid);
  }

  private String executable(int pid) {
    try {
      return Files.readSymbolicLink(file(pid, "exe")).toString();
    } catch (IOException | SecurityException e) {
      return "";
    }
  }

  /** Cuts a name. Thousands of processes are remembered, and a name can be a page long. */
  private static String cut(String text) {
    return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS);
  }

  /**
   * Returns the first bytes of a file, or an empty array if the file does not exist or the agent
   * may not read it.
   */
  private String read(int pid, String name) {
    try (InputStream in = Files.newInputStream(file(pid, name))) {
      return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private Path file(int pid, String name) {
    return root.resolve(Integer.toString(pid)).resolve(name);
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
  }
}

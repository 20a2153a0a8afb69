// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A machine on which everything works, for root, until a test changes it. */
final class ScriptedMachine implements Machine {

  static final String TRACEFS = "/sys/kernel/tracing";

  final Map<String, String> files = new HashMap<>();
  final Map<String, String> links = new HashMap<>();
  final Map<String, String> properties = new HashMap<>();
  final Set<String> forbidden = new HashSet<>();
  final Set<String> unremovable = new HashSet<>();
  final List<String> removed = new ArrayList<>();
  Attempt kernelCall = Attempt.success("JNA 5");
  Attempt write = Attempt.success("user_events_data");
  Attempt readByFtrace = Attempt.success("ftrace");
  Attempt readByPerf = Attempt.success("perf");
  Attempt roundTrip = Attempt.success("one event");
  long listenerMemory = 8 << 20;
  int pageLength = 4096;

  ScriptedMachine() {
    files.put("/proc/sys/kernel/osrelease", "6.12.117\n");
    files.put("/proc/sys/kernel/user_events_max", "32768\n");
    files.put("/proc/sys/kernel/perf_event_paranoid", "2\n");
    files.put("/proc/sys/kernel/perf_event_mlock_kb", "516\n");
    files.put("/sys/devices/system/cpu/online", "0-3\n");
    files.put("/proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable:    2097152 kB\n");
    files.put("/proc/self/limits", "Max locked memory         8388608   8388608   bytes\n");
    files.put(
        "/proc/self/mountinfo", "26 22 0:7 / /sys/kernel/tracing rw,nosuid - tracefs none rw\n");
    files.put(TRACEFS + "/instances/.", "");
    links.put("/proc/self/ns/pid", "pid:[4026531836]");
    properties.put("userevents.home", "");
    process(0, "1ffffffffff", 0);
  }

  /** Sets whose process this is. */
  void process(int uid, String capabilities, int seccomp) {
    files.put(
        "/proc/self/status",
        """
        Uid:\t%1$d\t%1$d\t%1$d\t%1$d
        Gid:\t%1$d\t%1$d\t%1$d\t%1$d
        CapEff:\t%2$s
        Seccomp:\t%3$d
        """
            .formatted(uid, capabilities, seccomp));
  }

  @Override
  public String read(Path file) throws IOException {
    check(file);
    String text = files.get(file.toString());
    if (text == null) {
      throw new NoSuchFileException(file.toString());
    }
    return text;
  }

  @Override
  public String readLink(Path link) throws IOException {
    check(link);
    String target = links.get(link.toString());
    if (target == null) {
      throw new NoSuchFileException(link.toString());
    }
    return target;
  }

  @Override
  public List<String> list(Path folder) throws IOException {
    check(folder);
    Set<String> names = new HashSet<>();
    String prefix = folder + "/";
    for (Set<String> paths : List.of(files.keySet(), links.keySet())) {
      for (String path : paths) {
        if (path.startsWith(prefix)) {
          names.add(path.substring(prefix.length()).split("/", 2)[0]);
        }
      }
    }
    if (names.isEmpty()) {
      throw new NoSuchFileException(folder.toString());
    }
    return names.stream().sorted().toList();
  }

  private void check(Path file) throws AccessDeniedException {
    if (forbidden.contains(file.toString())) {
      throw new AccessDeniedException(file.toString());
    }
  }

  @Override
  public boolean exists(Path file) {
    return files.containsKey(file.toString());
  }

  @Override
  public void remove(Path folder) throws IOException {
    if (unremovable.contains(folder.toString())) {
      throw new IOException("Device or resource busy");
    }
    removed.add(folder.toString());
  }

  @Override
  public Path tracefs() {
    return Path.of(TRACEFS);
  }

  @Override
  public String property(String name) {
    return properties.getOrDefault(name, name);
  }

  @Override
  public Attempt callTheKernel() {
    return kernelCall;
  }

  @Override
  public Attempt write() {
    return write;
  }

  @Override
  public Attempt readByFtrace() {
    return readByFtrace;
  }

  @Override
  public Attempt readByPerf() {
    return readByPerf;
  }

  @Override
  public Attempt roundTrip(boolean byPerf) {
    return roundTrip;
  }

  @Override
  public int pageLength() {
    return pageLength;
  }

  @Override
  public long listenerMemory() {
    return listenerMemory;
  }
}

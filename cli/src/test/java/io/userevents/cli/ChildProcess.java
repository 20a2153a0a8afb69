// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Command lines of separate JVMs, with this one's flags and class path. */
public final class ChildProcess {

  private ChildProcess() {}

  /** Runs a program; SIGINT and SIGHUP are not ignored, as in the background and under nohup. */
  public static List<String> java(List<String> flags, Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(launcherFlags());
    command.addAll(flags);
    // A newer Agrona needs this, if these tests run with it.
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs the command {@code user-events}. */
  public static List<String> command(String... arguments) {
    return java(List.of(), UserEvents.class, arguments);
  }

  private static List<String> launcherFlags() {
    int version = Runtime.version().feature();
    List<String> flags = new ArrayList<>();
    if (version >= 22) {
      flags.add("--enable-native-access=ALL-UNNAMED");
    }
    if (version >= 23) {
      flags.add("--sun-misc-unsafe-memory-access=allow");
    }
    return flags;
  }

  /** Sends a signal, e.g. {@code INT}. */
  public static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    if (!kill.waitFor(60, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IllegalStateException("kill -" + name + " " + pid + " failed");
    }
  }

  /** One word of a shell's command line. */
  public static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** A command line for a shell. */
  public static String quoted(List<String> words) {
    return String.join(" ", words.stream().map(ChildProcess::quoted).toList());
  }
}

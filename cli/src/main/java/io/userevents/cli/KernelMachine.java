// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs this very command, with this JVM and class path, in the project's test machine. */
final class KernelMachine {

  /** The folder of the project, given by the launcher. */
  static final String HOME_PROPERTY = "userevents.home";

  private static final String SCRIPT = "kernel/machine/run";

  /** Emulation boots and starts a JVM in a quarter of a minute, on a busy machine in some. */
  private static final Duration OVERHEAD = Duration.ofMinutes(5);

  /** A second of the guest's can take several of this machine's. */
  private static final int SLOWNESS = 10;

  private static final long STOP_CHECK_MS = 100;

  private final Path script;

  private KernelMachine(Path script) {
    this.script = script;
  }

  /**
   * The machine of the project that the launcher belongs to.
   *
   * @throws CommandException if its script is not there
   */
  static KernelMachine ofThisProject() throws CommandException {
    return of(System.getProperty(HOME_PROPERTY));
  }

  static KernelMachine of(@Nullable String home) throws CommandException {
    if (home == null) {
      throw new CommandException(
          "the test machine is part of the project's sources: start the command by their script"
              + " user-events, or set -D"
              + HOME_PROPERTY
              + "=FOLDER");
    }
    Path script = Path.of(home).toAbsolutePath().resolve(SCRIPT);
    if (!Files.isExecutable(script)) {
      throw new CommandException(
          "the test machine is not there: no executable file "
              + script
              + "; "
              + HOME_PROPERTY
              + "="
              + home);
    }
    return new KernelMachine(script);
  }

  /**
   * Boots the machine, runs the command and passes on what it prints, line by line.
   *
   * @param arguments of the command {@code user-events}
   * @param time that it takes by itself
   * @return its exit status, or that of the machine if it failed
   */
  int run(List<String> arguments, Duration time, PrintWriter out, PrintWriter err, StopSignal stop)
      throws IOException, InterruptedException {
    Process machine = new ProcessBuilder(commandLine(arguments, time)).start();
    try {
      machine.getOutputStream().close();
      Thread outCopy = copy(machine.getInputStream(), out, "stdout");
      Thread errCopy = copy(machine.getErrorStream(), err, "stderr");
      while (!machine.waitFor(STOP_CHECK_MS, TimeUnit.MILLISECONDS)) {
        if (stop.isRaised()) {
          // Not the script itself, which cleans up once its QEMU has ended.
          machine.descendants().forEach(ProcessHandle::destroy);
        }
      }
      outCopy.join();
      errCopy.join();
      return machine.exitValue();
    } finally {
      machine.destroy();
    }
  }

  private List<String> commandLine(List<String> arguments, Duration time) {
    RuntimeMXBean jvm = ManagementFactory.getRuntimeMXBean();
    long limitSeconds = OVERHEAD.plus(time.multipliedBy(SLOWNESS)).toSeconds();
    List<String> command = new ArrayList<>();
    command.addAll(List.of(script.toString(), "--timeout", Long.toString(limitSeconds), "--"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm.getInputArguments());
    command.addAll(List.of("-cp", jvm.getClassPath(), UserEvents.class.getName()));
    command.addAll(arguments);
    return command;
  }

  private static Thread copy(InputStream from, PrintWriter to, String name) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                String line;
                while ((line = lines.readLine()) != null) {
                  to.println(line);
                  to.flush();
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            "user-events-machine-" + name);
    thread.start();
    return thread;
  }
}

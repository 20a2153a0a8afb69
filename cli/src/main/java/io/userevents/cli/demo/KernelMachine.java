// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.StopSignal;
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
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs this command, with the same JVM and class path, in the project's test machine. */
final class KernelMachine {

  /** The property with the folder of the project. The launcher sets it. */
  static final String HOME_PROPERTY = "userevents.home";

  private static final Logger LOGGER = Logger.getLogger(KernelMachine.class.getName());
  private static final String SCRIPT = "kernel/machine/run";

  /**
   * The time to boot. Emulation boots and starts a JVM in a quarter of a minute, on a busy machine
   * in some minutes.
   */
  private static final Duration OVERHEAD = Duration.ofMinutes(5);

  /** A second in the guest can take several seconds on this machine. */
  private static final int SLOWNESS = 10;

  private static final long STOP_CHECK_MS = 100;

  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  private final Path script;
  private final String mainClass;

  private KernelMachine(Path script, String mainClass) {
    this.script = script;
    this.mainClass = mainClass;
  }

  /**
   * Creates the machine of the project to which the launcher belongs.
   *
   * @throws CommandException if its script does not exist
   */
  static KernelMachine ofThisProject(String mainClass) throws CommandException {
    return of(System.getProperty(HOME_PROPERTY), mainClass);
  }

  /** Returns whether the machine is there. It is part of the sources, and not of the archive. */
  static boolean isAvailable() {
    String home = System.getProperty(HOME_PROPERTY);
    return home != null && Files.isExecutable(Path.of(home).resolve(SCRIPT));
  }

  static KernelMachine of(@Nullable String home, String mainClass) throws CommandException {
    if (home == null) {
      throw new CommandException(
          "the test machine is part of the project's sources: start the command with their script"
              + " user-events, or set -D"
              + HOME_PROPERTY
              + "=FOLDER");
    }
    Path script = Path.of(home).toAbsolutePath().resolve(SCRIPT);
    if (!Files.isExecutable(script)) {
      throw new CommandException(
          "the test machine is missing: no executable file "
              + script
              + "; "
              + HOME_PROPERTY
              + "="
              + home);
    }
    return new KernelMachine(script, mainClass);
  }

  /**
   * Boots the machine, runs the command and passes on its output, line by line.
   *
   * @param arguments of the command {@code user-events}
   * @param time that the command takes without the boot
   * @return its exit status, or that of the machine if it failed
   */
  int run(List<String> arguments, Duration time, PrintWriter out, PrintWriter err, StopSignal stop)
      throws IOException, InterruptedException {
    Process machine = new ProcessBuilder(commandLine(arguments, time)).start();
    // At SIGTERM, or when the output cannot be written, only shutdown hooks run.
    Thread hook = new Thread(() -> end(machine), "user-events-machine-shutdown");
    addHook(hook, machine);
    try {
      machine.getOutputStream().close();
      Thread outCopy = copy(machine.getInputStream(), out, "stdout");
      Thread errCopy = copy(machine.getErrorStream(), err, "stderr");
      while (!machine.waitFor(STOP_CHECK_MS, TimeUnit.MILLISECONDS)) {
        if (stop.isRaised()) {
          // Does not end the script, which cleans up once its QEMU has ended.
          machine.descendants().forEach(ProcessHandle::destroy);
        }
      }
      outCopy.join();
      errCopy.join();
      return machine.exitValue();
    } finally {
      machine.destroy();
      removeHook(hook);
    }
  }

  private static void addHook(Thread hook, Process machine) throws CommandException {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      end(machine);
      throw new CommandException("the command is being ended", e);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOGGER.log(Level.FINEST, "ended while the JVM is shutting down", e);
    }
  }

  /** Lets the script end its QEMU and clean up, and ends both if that takes too long. */
  private static void end(Process machine) {
    List<ProcessHandle> parts = machine.descendants().toList();
    machine.destroy();
    try {
      boolean isEnded = machine.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS);
      LOGGER.log(Level.FINE, "the test machine has ended: {0}", isEnded);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    machine.destroyForcibly();
    parts.forEach(ProcessHandle::destroyForcibly);
  }

  private List<String> commandLine(List<String> arguments, Duration time) {
    RuntimeMXBean jvm = ManagementFactory.getRuntimeMXBean();
    long limitSeconds = OVERHEAD.plus(time.multipliedBy(SLOWNESS)).toSeconds();
    List<String> command = new ArrayList<>();
    command.addAll(List.of(script.toString(), "--timeout", Long.toString(limitSeconds), "--"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm.getInputArguments());
    command.addAll(List.of("-cp", jvm.getClassPath(), mainClass));
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

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.Tracefs;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Helpers for tests of listeners on a kernel with user_events. */
abstract class KernelListening {

  private static final AtomicInteger EVENTS = new AtomicInteger();

  private final List<Process> programs = new ArrayList<>();
  String eventName = "";

  @BeforeEach
  void chooseEvent() {
    // Each test has one, so that it does not see the events of another test.
    eventName = "listener_test_" + EVENTS.incrementAndGet() + "_" + ProcessHandle.current().pid();
  }

  @AfterEach
  void endPrograms() {
    programs.forEach(Process::destroyForcibly);
  }

  TracepointListenerBuilder builder(Source source) {
    return TracepointListener.builder(eventName).setSource(source);
  }

  static void assertGone(String eventName) throws Exception {
    Path event = Tracefs.find().orElseThrow().resolve("events/user_events").resolve(eventName);
    long start = System.nanoTime();
    while (Files.exists(event)) {
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(60));
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  Callable<Integer> writer(int id, int events) {
    return () -> {
      try (EventSource source = new EventSource(eventName, id)) {
        for (int i = 0; i < events; i++) {
          assertThat(source.write()).isZero();
        }
      }
      return Integer.parseInt(
          String.valueOf(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName()));
    };
  }

  static void receive(TracepointListener listener, List<ReceivedEvent> into, int events)
      throws Exception {
    long start = System.nanoTime();
    while (into.size() < events) {
      listener.poll(EventHandler.copying(into::add), 1000);
      assertThat(System.nanoTime() - start)
          .as("received %d of %d: %s", into.size(), events, listener.statistics())
          .isLessThan(TimeUnit.SECONDS.toNanos(60));
    }
  }

  static int drain(TracepointListener listener) throws Exception {
    int sum = 0;
    int events;
    while ((events = listener.poll(sample -> {}, 0)) > 0) {
      sum += events;
    }
    return sum;
  }

  Process start(String... arguments) throws Exception {
    return startBy(List.of(), arguments);
  }

  Process startBy(List<String> prefix, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ListenerProgram.class.getName());
    command.addAll(List.of(arguments));
    Process program =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    programs.add(program);
    return program;
  }

  static String lineOf(Process program) throws Exception {
    BufferedReader output =
        new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8));
    String line = String.valueOf(output.readLine());
    if (line.startsWith("#")) {
      throw new AssertionError("the JVM has crashed: " + output.lines().collect(joining("\n")));
    }
    return line;
  }

  static void kill(String signal, Process program) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(program.pid())).start().waitFor();
    assertThat(program.waitFor(300, TimeUnit.SECONDS)).isTrue();
  }

  static Set<Path> instances() throws Exception {
    Set<Path> found = new HashSet<>();
    Path instances = Tracefs.find().orElseThrow().resolve("instances");
    try (var folders = Files.newDirectoryStream(instances)) {
      folders.forEach(found::add);
    }
    return found;
  }
}

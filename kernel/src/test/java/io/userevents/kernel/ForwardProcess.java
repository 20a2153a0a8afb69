// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.userevents.cli.ChildProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The command {@code forward} in a process. */
final class ForwardProcess implements AutoCloseable {

  private static final Pattern HEALTH = Pattern.compile("health at (http://\\S+)");

  private static final List<String> DEFAULTS =
      List.of(
          "--batch-delay=100ms",
          "--self-metrics=0s",
          "--health=0",
          // The first request of a JVM on an emulated processor can take longer than the default,
          // and a request that timed out is sent again.
          "--timeout=10m");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final Path log;
  private final String health;

  private ForwardProcess(Process process, Path log) throws IOException, InterruptedException {
    this.process = process;
    this.log = log;
    health = awaitHealth();
  }

  /**
   * Starts it and waits until it receives events.
   *
   * @param options such as {@code --timeout=20s}; they take the place of the test's defaults
   */
  static ForwardProcess start(Path log, String url, String... options)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("forward", url));
    arguments.addAll(List.of(options));
    for (String option : DEFAULTS) {
      String name = option.substring(0, option.indexOf('=') + 1);
      if (Stream.of(options).noneMatch(each -> each.startsWith(name))) {
        arguments.add(option);
      }
    }
    Process process =
        new ProcessBuilder(ChildProcess.command(arguments.toArray(String[]::new)))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean isStarted = false;
    try {
      ForwardProcess forward = new ForwardProcess(process, log);
      isStarted = true;
      return forward;
    } finally {
      if (!isStarted) {
        process.destroyForcibly();
      }
    }
  }

  /** Waits for the health address, which the process prints once it has attached. */
  private String awaitHealth() throws IOException, InterruptedException {
    while (true) {
      Matcher matcher = HEALTH.matcher(log());
      if (matcher.find()) {
        return matcher.group(1);
      }
      if (!process.isAlive()) {
        throw new AssertionError("forward has ended: " + log());
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** Waits until the metrics of the process have this line. */
  void awaitMetric(String line) throws IOException, InterruptedException {
    while (!metrics().contains(line + "\n")) {
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** Waits until the accounts are as a test wants, and returns them. */
  AgentAccounts await(Predicate<AgentAccounts> condition) throws IOException, InterruptedException {
    while (true) {
      String text = metrics();
      if (!text.isEmpty()) {
        AgentAccounts accounts = AgentAccounts.parse(text);
        if (condition.test(accounts)) {
          return accounts;
        }
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** Returns nothing where the agent closes the connection, as it does on a very slow machine. */
  private String metrics() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(health + "/metrics")).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      if (!process.isAlive()) {
        throw e;
      }
      return "";
    }
  }

  /** Waits until the process has begun to end, which {@code /ready} tells. */
  void awaitEnding() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(health + "/ready")).build();
    while (!client
        .send(request, HttpResponse.BodyHandlers.ofString())
        .body()
        .contains("the agent is ending")) {
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends the process by SIGTERM and returns its exit status. */
  int end() throws Exception {
    terminate();
    return process.waitFor();
  }

  /** Sends SIGTERM without waiting. */
  void terminate() throws Exception {
    ChildProcess.signal("TERM", process.pid());
  }

  void kill() throws Exception {
    process.toHandle().destroyForcibly();
    int unused = process.waitFor();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.javaagent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.examples.OrdersServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An {@link OrdersServer} in a separate JVM, under the javaagent with the extension. */
public final class OrdersProcess implements AutoCloseable {

  /** In the emulated test machine, the agent alone takes a minute to start. */
  private static final long LIMIT_SECONDS = 300;

  private final Process process;
  private final Path log;
  private final int port;

  private OrdersProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * Starts it and waits until it serves.
   *
   * @param module folder of this module, whose archives are built
   * @param properties of the JVM, as name=value
   */
  public static OrdersProcess start(
      Path module, Map<String, String> environment, List<String> properties) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return start(module, environment, properties, java, List.of());
  }

  /**
   * Starts it with another command line and waits until it serves.
   *
   * @param module folder of this module, whose archives are built
   * @param properties of the JVM, as name=value
   * @param java the program of the JVM
   * @param libraries what stands in the class path besides the server; need not be there
   */
  public static OrdersProcess start(
      Path module,
      Map<String, String> environment,
      List<String> properties,
      Path java,
      List<String> libraries)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    // A newer Agrona needs the same flags there as in this JVM.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-exports"))
        .forEach(command::add);
    command.add("-javaagent:" + built(module, "javaagent/opentelemetry-javaagent.jar"));
    command.add(
        "-Dotel.javaagent.extensions=" + built(module, "user-events-javaagent-extension.jar"));
    properties.forEach(property -> command.add("-D" + property));
    List<String> classPath = new ArrayList<>(List.of(classPath().toString()));
    classPath.addAll(libraries);
    command.addAll(
        List.of("-cp", String.join(File.pathSeparator, classPath), OrdersServer.class.getName()));
    Path log = Files.createTempFile("orders", ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    String line = output.readLine();
    assertThat(line).as("%s: %s", command, Files.readString(log)).startsWith("port ");
    return new OrdersProcess(process, log, Integer.parseInt(line.substring("port ".length())));
  }

  public long pid() {
    return process.pid();
  }

  /** Has it answer one request. */
  public void order() throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://localhost:" + port + "/orders").toURL().openConnection();
    assertThat(connection.getResponseCode()).isEqualTo(200);
    assertThat(connection.getInputStream().readAllBytes()).asString().isEqualTo("accepted");
  }

  /** Returns the log of the process and of the agent in it. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives it time to log more; fails if it has ended. */
  public void awaitLog() throws InterruptedException {
    assertThat(process.waitFor(10, TimeUnit.MILLISECONDS)).as(log()).isFalse();
  }

  /** Makes the process end normally, so that the agent exports for the last time. */
  public void end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as(log()).isTrue();
    assertThat(process.exitValue()).as(log()).isZero();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.delete(log);
  }

  private static Path built(Path module, String archive) {
    Path path = module.resolve("target").resolve(archive).toAbsolutePath().normalize();
    assertThat(path).as("built by: mvn -B package -DskipTests -pl javaagent -am").exists();
    return path;
  }

  /** Nothing but the server. */
  private static Path classPath() {
    try {
      return Path.of(
          requireNonNull(OrdersServer.class.getProtectionDomain().getCodeSource())
              .getLocation()
              .toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}

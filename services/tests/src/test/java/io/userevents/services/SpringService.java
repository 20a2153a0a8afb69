// SPDX-License-Identifier: Apache-2.0
package io.userevents.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Spring Boot service in a JVM with a class path of one generation of Spring Boot. */
public final class SpringService implements AutoCloseable {

  /** Where the service's settings stand, in the two forms that the starter knows. */
  public enum Form {
    PROPERTIES("classpath:/", "otel.exporter.user_events."),
    DECLARATIVE(
        "classpath:/declarative/", "otel.meter_provider.readers[0].periodic.exporter.user_events.");

    private final String configuration;
    private final String exporter;

    Form(String configuration, String exporter) {
      this.configuration = configuration;
      this.exporter = exporter;
    }

    /** An argument of the service that makes a setting of the exporter. */
    public String setting(String name, Object value) {
      return "--" + exporter + name + "=" + value;
    }
  }

  private static final String MAIN = "io.userevents.examples.spring.OrdersApplication";
  private static final Pattern PORT = Pattern.compile("^port (\\d+)$", Pattern.MULTILINE);

  /** In the emulated test machine, Spring Boot takes more than a minute to start. */
  private static final long LIMIT_SECONDS = 900;

  private final Process process;
  private final Path log;
  private int port;

  private SpringService(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it and waits until it serves.
   *
   * @param services the folder of the services, which are built
   * @param generation of Spring Boot, the end of a module's name
   * @param arguments of the service, besides those that name the form's file
   */
  public static SpringService start(
      Path services, String generation, Form form, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    // The names of log levels are translated.
    command.add("-Duser.language=en");
    // If a newer Agrona demands a flag of this JVM, it demands it of that one.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-exports"))
        .forEach(command::add);
    command.addAll(List.of("-cp", classPath(services, generation), MAIN, "--server.port=0"));
    command.add("--spring.config.location=" + form.configuration);
    command.addAll(arguments);
    Path log = Files.createTempFile("spring", ".log");
    SpringService service =
        new SpringService(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start(),
            log);
    try {
      service.awaitPort();
    } catch (Throwable e) {
      service.close();
      throw e;
    }
    return service;
  }

  private static String classPath(Path services, String generation) throws IOException {
    Path target = services.resolve("spring-boot-" + generation).resolve("target");
    assertThat(target.resolve("class-path"))
        .as("built by: mvn -B package -DskipTests -pl services/tests -am")
        .exists();
    return target.resolve("classes").toAbsolutePath().normalize()
        + File.pathSeparator
        + Files.readString(target.resolve("class-path")).strip();
  }

  private void awaitPort() throws InterruptedException {
    long start = System.nanoTime();
    Matcher printed = PORT.matcher(log());
    while (!printed.find()) {
      assertThat(System.nanoTime() - start)
          .as("time to start: %s", log())
          .isLessThan(TimeUnit.SECONDS.toNanos(LIMIT_SECONDS));
      awaitLog();
      printed = PORT.matcher(log());
    }
    port = Integer.parseInt(printed.group(1));
  }

  /** Has it take one order. */
  public void order(String side, int price) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://localhost:" + port + "/orders/" + side + "/" + price)
                .toURL()
                .openConnection();
    assertThat(connection.getResponseCode()).isEqualTo(200);
    assertThat(connection.getInputStream().readAllBytes()).asString().isEqualTo("accepted");
  }

  public long pid() {
    return process.pid();
  }

  /** Returns its output and its log so far. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives it time to log more; fails if it has ended. */
  public void awaitLog() throws InterruptedException {
    assertThat(process.waitFor(50, TimeUnit.MILLISECONDS)).as("ended: %s", log()).isFalse();
  }

  /** Ends its input, upon which it exports once more and ends. */
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
}

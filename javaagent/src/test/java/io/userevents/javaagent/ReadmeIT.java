// SPDX-License-Identifier: Apache-2.0
package io.userevents.javaagent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.examples.OrdersServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A shell runs the pages' command for the javaagent as it is written, in the folder of the project.
 * The test puts only another archive in the place of {@code application.jar}.
 */
@Timeout(300)
final class ReadmeIT {

  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern COMMAND =
      Pattern.compile("(?s)```sh\nmvn [^\n]* -pl javaagent -am\n(java -javaagent:[^`]*)```");
  private static final String SERVER = OrdersServer.class.getName();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/getting-started.md", "docs/configuration.md"})
  void shouldExportUnderTheJavaagentWithTheCommandOfThePage(String page) throws Exception {
    String command = commandOf(page);
    assertThat(command).contains(" -jar application.jar");
    Path application = application();
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh", "-c", "exec " + command.replace("application.jar", application.toString()))
            .directory(PROJECT.toFile())
            .redirectError(log.toFile());
    Path jdk = Path.of(System.getProperty("java.home"), "bin");
    builder.environment().merge("PATH", jdk.toString(), (old, bin) -> bin + ":" + old);
    // No tracepoint is there, whatever the kernel of this machine.
    builder.environment().put("OTEL_EXPORTER_USER_EVENTS_TRACEFS", folder.toString());
    // A newer Agrona needs the same flags there as in this JVM.
    String flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--add-exports"))
            .collect(Collectors.joining(" "));
    builder.environment().put("JDK_JAVA_OPTIONS", flags);

    Process server = builder.start();
    try {
      assertThat(server.inputReader(StandardCharsets.UTF_8).readLine())
          .as(Files.readString(log))
          .startsWith("port ");
      server.getOutputStream().close();
      assertThat(server.waitFor(200, TimeUnit.SECONDS)).isTrue();
    } finally {
      server.destroyForcibly();
    }

    assertThat(server.exitValue()).as(Files.readString(log)).isZero();
    assertThat(Files.readString(log))
        .contains("cannot register tracepoint otlp_metrics: ")
        .contains("path=" + folder.resolve("user_events_data") + " ");
  }

  private static String commandOf(String page) throws IOException {
    Matcher command = COMMAND.matcher(Files.readString(PROJECT.resolve(page)));
    assertThat(command.find()).as(page).isTrue();
    return command.group(1);
  }

  /** The server, as an archive that java can run. */
  private Path application() throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, SERVER);
    Path archive = folder.resolve("orders.jar");
    String entry = SERVER.replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(archive);
        JarOutputStream jar = new JarOutputStream(file, manifest);
        InputStream content =
            requireNonNull(OrdersServer.class.getClassLoader()).getResourceAsStream(entry)) {
      jar.putNextEntry(new JarEntry(entry));
      requireNonNull(content).transferTo(jar);
      jar.closeEntry();
    }
    return archive;
  }
}

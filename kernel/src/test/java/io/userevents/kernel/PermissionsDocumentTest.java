// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of {@code docs/permissions.md} unchanged. */
@Tag("kernel")
final class PermissionsDocumentTest {

  /** Tests run in the folder of their module. */
  private static final Path DOCUMENT = Path.of("..", "docs", "permissions.md");

  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern JAVA = Pattern.compile("java (-D.*) -jar orders.jar\n");
  private static final String AS_MEMBER =
      "exec setpriv --reuid=65534 --regid=65534 --groups=\"$(getent group metrics | cut -d: -f3)\""
          + " \"$@\"";

  @TempDir Path folder;

  @BeforeEach
  void addUser() throws Exception {
    Nobody.letReadTheClassPath();
    if (!Files.readString(Path.of("/etc/passwd")).contains("\norders:")) {
      Tracing.run("useradd", "--system", "--user-group", "orders");
    }
  }

  @AfterEach
  void takeRightsBack() throws Exception {
    String dataFile = Tracing.TRACEFS.resolve("user_events_data").toString();
    Tracing.run("chgrp", "root", Tracing.TRACEFS.toString(), dataFile);
    Tracing.run("chmod", "0700", Tracing.TRACEFS.toString());
    Tracing.run("chmod", "0640", dataFile);
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }

  @Test
  void shouldLetTheGroupWrite() throws Exception {
    List<String> blocks = blocks("## A group");

    assertThat(blocks).hasSize(2);
    Tracing.run("sh", "-euc", blocks.get(0));
    assertExports("group", AS_MEMBER);
    // The state after a reboot.
    takeRightsBack();
    assertThat(Tracing.run("sh", "-euc", "mkdir -p /etc/tmpfiles.d\n" + blocks.get(1))).isEmpty();
    assertExports("tmpfiles", AS_MEMBER);
  }

  @Test
  void shouldLetTheCapabilityWrite() throws Exception {
    assertExports("capability", service(blocks("## A capability")));
  }

  @Test
  void shouldWriteThroughTheDescriptorOfTheShell() throws Exception {
    assertExports("descriptor", service(blocks("## A descriptor that systemd opens")));
  }

  /** The commands, with this test's process in place of the service. */
  private static String service(List<String> blocks) {
    assertThat(blocks).hasSize(1);
    Matcher java = JAVA.matcher(blocks.get(0));
    assertThat(java.find()).as(blocks.get(0)).isTrue();
    return "export JAVA_TOOL_OPTIONS=\""
        + java.group(1)
        + "\"\n"
        + java.replaceFirst(Matcher.quoteReplacement("\"$@\"\n"));
  }

  private void assertExports(String name, String script) throws Exception {
    Path log = folder.resolve(name);
    try (ExportingProcess process = ExportingProcess.startByShell(name, log, script)) {
      Tracing.await("registration", Tracing::eventExists);
      Tracing.clear();
      Tracing.enable(true);
      assertThat(process.ask("add 5")).isEqualTo("success=true written=1");
      Tracing.enable(false);
      assertThat(process.end()).isZero();
    }
    assertThat(Tracing.recordedEvents()).isEqualTo(1);
    assertThat(ExportingProcess.warnings(log)).isEmpty();
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }

  /** The shell's blocks below a heading, up to the next one. */
  private static List<String> blocks(String heading) throws IOException {
    String document = Files.readString(DOCUMENT);
    int start = document.indexOf("\n" + heading + "\n");
    assertThat(start).as(heading).isNotNegative();
    int end = document.indexOf("\n## ", start + 1);
    return BLOCK
        .matcher(document.substring(start, end))
        .results()
        .map(block -> block.group(1))
        .toList();
  }
}

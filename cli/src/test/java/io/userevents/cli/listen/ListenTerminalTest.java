// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.userevents.cli.ChildProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a terminal of tmux, with a separate tmux server. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ListenTerminalTest {

  @TempDir private Path folder;

  @BeforeAll
  static void requireTmux() throws Exception {
    boolean isThere = false;
    try {
      isThere = new ProcessBuilder("tmux", "-V").start().waitFor() == 0;
    } catch (IOException e) {
      System.out.println(
          "tests in a terminal skipped: no tmux; sudo apt-get install -y --no-install-recommends"
              + " tmux ("
              + e.getMessage()
              + ")");
    }
    assumeTrue(isThere, "there is no tmux");
  }

  @AfterEach
  void endServer() throws Exception {
    // There is none if the test was skipped.
    Process unused = start("kill-server");
    unused.waitFor();
  }

  @Test
  void shouldShowATableInEightyColumns() throws Exception {
    open(80);

    List<String> lines = awaitScreen(shown -> shown.contains("orders") && shown.contains("日本語"));

    assertThat(lines.get(0)).startsWith("received ");
    assertThat(lines.get(1)).startsWith("METRIC ").endsWith("LAST MINUTE");
    assertThat(lines).filteredOn(line -> line.startsWith("orders ")).hasSize(1);
    assertThat(lines).anyMatch(line -> line.startsWith("evil\\u001b[2J\\u202e"));
    assertThat(lines).anyMatch(line -> line.contains("side=begin") && line.contains("…"));
    assertThat(lines).allMatch(line -> Columns.width(line) <= 80);
    // In place: the picture of later has no more lines.
    int used = used(lines);
    // The screen is empty for a moment if the program was held up, as after a SIGSTOP.
    List<String> later =
        awaitScreen(shown -> shown.contains("日本語") && !shown.equals(String.join("\n", lines)));
    assertThat(used(later)).isEqualTo(used);
  }

  @Test
  void shouldFollowTheSizeOfTheTerminal() throws Exception {
    open(80);
    awaitScreen(shown -> shown.contains("orders"));
    assertThat(screen().get(1)).doesNotContain("SOURCE");

    tmux("resize-window", "-x", "200", "-y", "30");
    List<String> wide = awaitScreen(shown -> shown.contains("SOURCE"));
    assertThat(wide).anyMatch(line -> line.contains("shop/42"));
    tmux("resize-window", "-x", "60", "-y", "10");

    List<String> narrow =
        awaitScreen(shown -> !shown.contains("SOURCE") && shown.contains("LAST MINUTE"));
    assertThat(used(narrow)).isEqualTo(5);
    assertThat(narrow).filteredOn(line -> line.startsWith("METRIC")).hasSize(1);
  }

  @Test
  void shouldEndInOrderAtCtrlC() throws Exception {
    open(80);
    awaitScreen(shown -> shown.contains("orders"));

    tmux("send-keys", "C-c");

    List<String> lines = awaitScreen(shown -> shown.contains("cursor visible"));
    assertThat(lines).contains("exit code 0");
    assertThat(lines).anyMatch(line -> line.startsWith("user-events: received "));
    // The earlier lines of the shell are back, and the last table stays.
    assertThat(lines.get(0)).isEqualTo("before");
    assertThat(lines).anyMatch(line -> line.startsWith("orders "));
    assertThat(line(lines, "cursor")).isEqualTo("cursor visible 1");
  }

  @Test
  void shouldGiveTheTerminalBackAtSigTerm() throws Exception {
    open(80);
    awaitScreen(shown -> shown.contains("orders"));
    long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());

    ChildProcess.signal("TERM", pid);

    List<String> lines = awaitScreen(shown -> shown.contains("exit code 143"));
    assertThat(lines.get(0)).isEqualTo("before");
    assertThat(tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").strip())
        .isEqualTo("0 1");
  }

  @Test
  void shouldEndInOrderWhenTheTerminalIsClosed() throws Exception {
    Path script = folder.resolve("script");
    Path errors = folder.resolve("errors");
    Path exit = folder.resolve("exit");
    // The shell continues, and its programs have the default signal handlers.
    Files.writeString(
        script,
        "export LC_ALL=C.UTF-8\ntrap : HUP\n"
            + ChildProcess.quoted(listen())
            + " 2>"
            + errors
            + "\necho $? >"
            + exit
            + ".new; mv "
            + exit
            + ".new "
            + exit
            + "\n");
    start(80, "bash " + script);
    awaitScreen(shown -> shown.contains("orders"));

    tmux("kill-server");

    while (!Files.exists(exit)) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(Files.readString(exit)).isEqualTo("129\n");
    assertThat(Files.readAllLines(errors)).hasSize(1);
    assertThat(Files.readString(errors)).startsWith("user-events: received ");
  }

  /** As a serial line does. */
  @Test
  void shouldShowATableOnATerminalThatDoesNotKnowItsSize() throws Exception {
    start(80, "stty cols 0 rows 0; LC_ALL=C.UTF-8 exec " + ChildProcess.quoted(listen()));

    List<String> lines = awaitScreen(shown -> shown.contains("orders"));

    assertThat(lines.get(1)).startsWith("METRIC ");
  }

  private static List<String> listen() {
    return ChildProcess.java(List.of(), ListenProgram.class);
  }

  @Test
  void shouldDrawAnewAfterItWasStoppedAndContinued() throws Exception {
    open(80);
    awaitScreen(shown -> shown.contains("orders"));
    long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());

    ChildProcess.signal("STOP", pid);
    tmux("send-keys", "-R");
    // Longer than between two pictures, as with Ctrl-Z and fg.
    TimeUnit.SECONDS.sleep(3);
    ChildProcess.signal("CONT", pid);

    List<String> lines = awaitScreen(shown -> shown.contains("orders"));
    assertThat(lines.get(1)).startsWith("METRIC ");
  }

  @Test
  void shouldGiveTheTerminalBackWhileStoppedByCtrlZ() throws Exception {
    Path file = folder.resolve("rc");
    Files.writeString(file, "PS1='ready> '\n");
    start(80, "bash --noprofile --rcfile " + file + " -i");
    awaitScreen(shown -> shown.contains("ready>"));
    Path script = folder.resolve("listen");
    Files.writeString(
        script,
        "export LC_ALL=C.UTF-8\nexec "
            + ChildProcess.quoted(ChildProcess.java(List.of(), ListenProgram.class))
            + "\n");
    tmux("send-keys", "bash " + script, "Enter");
    awaitScreen(shown -> shown.contains("orders") && shown.contains("METRIC"));

    tmux("send-keys", "C-z");

    // The shell's own lines are there again, and it echoes and has a cursor.
    List<String> stopped = awaitScreen(shown -> shown.contains("Stopped"));
    assertThat(stopped.get(0)).startsWith("ready> bash ");
    assertThat(stopped).noneMatch(line -> line.startsWith("METRIC"));
    tmux("send-keys", "stty -a | grep -o ' echo '; echo typed", "Enter");
    List<String> typed = awaitScreen(shown -> shown.contains("\ntyped"));
    assertThat(typed).contains(" echo");
    assertThat(tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").strip())
        .isEqualTo("0 1");

    tmux("send-keys", "fg", "Enter");

    List<String> drawn = awaitScreen(shown -> shown.contains("METRIC") && shown.contains("orders"));
    assertThat(drawn.get(0)).startsWith("received ");
    assertThat(drawn).noneMatch(line -> line.contains("ready>"));
    assertThat(tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").strip())
        .isEqualTo("1 0");
    tmux("send-keys", "C-c");
    awaitScreen(shown -> shown.contains("user-events: received "));
  }

  private void open(int columns) throws Exception {
    Path script = folder.resolve("script");
    List<String> java = ChildProcess.java(List.of(), ListenProgram.class);
    Files.writeString(
        script,
        "export LC_ALL=C.UTF-8\necho before\n(echo $BASHPID >"
            + folder.resolve("pid")
            + "; exec "
            + ChildProcess.quoted(java)
            + ")\necho exit code $?\n"
            + "echo cursor visible $(tmux -S "
            + folder.resolve("socket")
            + " display-message -p '#{cursor_flag}')\nsleep 600\n");
    start(columns, "trap : INT; bash " + script);
  }

  private void start(int columns, String shellCommand) throws Exception {
    tmux(
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-x",
        Integer.toString(columns),
        "-y",
        "24",
        shellCommand);
  }

  private List<String> awaitScreen(Predicate<String> isWanted) throws Exception {
    while (true) {
      List<String> lines = screen();
      if (isWanted.test(String.join("\n", lines))) {
        return lines;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private List<String> screen() throws Exception {
    return tmux("capture-pane", "-p").lines().toList();
  }

  private static int used(List<String> lines) {
    return (int) lines.stream().filter(line -> !line.isBlank()).count();
  }

  private static String line(List<String> lines, String start) {
    return lines.stream().filter(line -> line.startsWith(start)).findFirst().orElse("");
  }

  private String tmux(String... arguments) throws Exception {
    Process process = start(arguments);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("tmux", "-u", "-S", folder.resolve("socket").toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}

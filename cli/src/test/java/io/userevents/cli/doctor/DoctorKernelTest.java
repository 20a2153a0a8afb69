// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.ChildProcess;
import io.userevents.cli.Executed;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On a kernel with user_events, as root, who then becomes another user. */
@Tag("kernel")
final class DoctorKernelTest {

  private static final Path TRACEFS = Path.of("/sys/kernel/tracing");
  private static final List<String> NOBODY =
      List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
  private static final List<String> PERFMON =
      List.of("--inh-caps=+perfmon", "--ambient-caps=+perfmon");

  @AfterEach
  void takeRightsBack() throws Exception {
    run(List.of("mount", "-o", "remount,gid=0,mode=0700", TRACEFS.toString()));
    run(List.of("chgrp", "root", TRACEFS.toString(), TRACEFS + "/user_events_data"));
    run(List.of("chmod", "0700", TRACEFS.toString()));
    run(List.of("chmod", "0640", TRACEFS + "/user_events_data"));
  }

  @Test
  void shouldFindThatAllWorksForRootAndRemoveStaleInstances() throws Exception {
    Path stale = Files.createDirectory(TRACEFS.resolve("instances/user_events_999999_1"));

    Executed found = Executed.command("doctor");
    assertThat(found.exitCode()).as(found.out()).isZero();
    assertThat(found.out())
        .contains("user_events_999999_1", "read by ftrace: yes", "read by perf:   yes");
    assertThat(found.out()).contains("repair: sudo user-events doctor --fix");
    Files.createDirectories(stale);
    Executed fixed = Executed.command("doctor", "--fix");

    assertThat(fixed.exitCode()).as(fixed.out()).isZero();
    assertThat(fixed.out()).contains("removed user_events_999999_1");
    assertThat(stale).doesNotExist();
  }

  /** Each command that is printed repairs the fault for which it is printed. */
  @Test
  void shouldLeadAUserWithoutRightsToReadingByPerf() throws Exception {
    letReadTheClassPath();

    Answer nobody = doctor(List.of());
    assertThat(nobody.status).as(nobody.json).isEqualTo(1);
    assertThat(nobody.json).contains("\"canWrite\":false");
    repair(nobody, "write events");
    Answer writer = doctor(List.of());
    assertThat(writer.status).as(writer.json).isEqualTo(2);
    assertThat(writer.json).contains("\"canWrite\":true", "\"canReadByPerf\":false");
    repair(writer, "read by perf");
    Answer reader = doctor(PERFMON);

    assertThat(reader.status).as(reader.json).isZero();
    assertThat(reader.json)
        .contains("\"canWrite\":true,\"canReadByFtrace\":false,\"canReadByPerf\":true")
        .contains("root: the files of a new instance are root's, 0640");
  }

  private record Answer(int status, String json) {}

  private static Answer doctor(List<String> rights) throws Exception {
    List<String> command = new ArrayList<>(NOBODY);
    command.addAll(rights);
    command.addAll(ChildProcess.command("doctor", "--format", "json"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String json = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), json);
  }

  private static void repair(Answer answer, String check) throws Exception {
    Matcher command =
        Pattern.compile("\\{\"name\":\"" + check + "\"[^}]*\"command\":\"sudo ([^\"]*)\"")
            .matcher(answer.json);
    assertThat(command.find()).as(answer.json).isTrue();
    run(List.of("sh", "-c", command.group(1)));
  }

  private static void run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  /** Only in the machine: the guest's changes of the host's files are kept in its memory. */
  private static void letReadTheClassPath() throws IOException {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      for (Path path = Path.of(entry).toAbsolutePath(); path != null; path = path.getParent()) {
        if (Files.exists(path)) {
          Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
          if (permissions.addAll(
              Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE))) {
            Files.setPosixFilePermissions(path, permissions);
          }
        }
      }
    }
  }
}

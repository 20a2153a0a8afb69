// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.ChildProcess;
import io.userevents.cli.Events;
import io.userevents.cli.Executed;
import io.userevents.pipeline.PublishResult;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.EventLayout;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests on a kernel with user_events. They start as root and then become another user. */
@Tag("kernel")
final class DoctorKernelTest {

  private static final Path TRACEFS = Path.of("/sys/kernel/tracing");
  private static final Path INSTANCES = TRACEFS.resolve("instances");
  private static final List<String> NOBODY =
      List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
  private static final List<String> PERFMON =
      List.of("--inh-caps=+perfmon", "--ambient-caps=+perfmon");

  private static final Path PARANOID = Path.of("/proc/sys/kernel/perf_event_paranoid");

  @TempDir private Path folder;
  private String paranoid = "";

  @BeforeEach
  void setTheKernelsOwnValue() throws IOException {
    paranoid = Files.readString(PARANOID);
    Files.writeString(PARANOID, "2");
  }

  @AfterEach
  void takeRightsBack() throws Exception {
    Files.writeString(PARANOID, paranoid);
    run(List.of("mount", "-o", "remount,gid=0,mode=0700", TRACEFS.toString()));
    run(List.of("chgrp", "root", TRACEFS.toString(), TRACEFS + "/user_events_data"));
    run(List.of("chmod", "0700", TRACEFS.toString()));
    run(List.of("chmod", "0640", TRACEFS + "/user_events_data"));
  }

  @Test
  void shouldFindThatAllWorksForRoot() {
    Executed found = Executed.command("doctor");

    assertThat(found.exitCode()).as(found.out()).isZero();
    assertThat(found.out()).contains("read by ftrace: yes", "read by perf:   yes");
  }

  @Test
  void shouldNameInstanceOfKilledListenerAndRemoveItOnlyIfAsked() throws Exception {
    Path stale = killedListener();
    Path mine = Files.createDirectory(INSTANCES.resolve("user_events_mine"));
    try {
      Executed found = Executed.command("doctor");

      assertThat(found.exitCode()).as(found.out()).isZero();
      assertThat(found.out())
          .contains(stale.getFileName() + ": no process reads them")
          .contains("repair: sudo user-events doctor --fix")
          .contains("read by ftrace: yes", "read by perf:   yes");
      assertThat(stale).isDirectory();
      Executed fixed = Executed.command("doctor", "--fix");

      assertThat(fixed.exitCode()).as(fixed.out()).isZero();
      assertThat(fixed.out()).contains("removed " + stale.getFileName() + "\n");
      assertThat(stale).doesNotExist();
      assertThat(mine).isDirectory();
    } finally {
      Files.delete(mine);
    }
  }

  /** The instance of a listener after kill -9. */
  private static Path killedListener() throws Exception {
    Process listener =
        new ProcessBuilder(ChildProcess.command("listen", "--source", "ftrace"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      Path enabled = Path.of("events/user_events/" + EventLayout.OTLP_METRICS + "/enable");
      while (true) {
        assertThat(listener.isAlive()).isTrue();
        for (Path instance : instancesOf(listener.pid())) {
          Path file = instance.resolve(enabled);
          if (Files.exists(file) && Files.readString(file).startsWith("1")) {
            return instance;
          }
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } finally {
      listener.destroyForcibly().waitFor();
    }
  }

  private static List<Path> instancesOf(long pid) throws IOException {
    try (Stream<Path> folders = Files.list(INSTANCES)) {
      return folders.filter(folder -> folder.toString().endsWith("_" + pid + "_1")).toList();
    }
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

  /** Debian's default, for which CAP_PERFMON is not enough. The machine's kernel is Debian's. */
  @Test
  void shouldLeadAUserToListeningByPerfWhereTheSettingAsksForMoreThanTheCapability()
      throws Exception {
    letReadTheClassPath();
    Files.writeString(PARANOID, "3");
    repair(doctor(List.of()), "write events");
    repair(doctor(List.of()), "read by perf");
    Answer refused = doctor(PERFMON);
    assertThat(refused.status).as(refused.json).isEqualTo(2);
    assertThat(command(refused, "read by perf")).isEqualTo("sysctl kernel.perf_event_paranoid=2");

    Answer nobody = doctor(List.of());
    String listen = command(nobody, "read by perf");

    assertThat(listen).startsWith("sh -c 'sysctl ").endsWith(" user-events listen'");
    assertThat(listened(listen))
        .startsWith("{\"metric\":\"load\",")
        .contains("\"service\":\"shop\"");
    assertThat(Files.readString(PARANOID).strip()).isEqualTo("2");
    Answer reader = doctor(PERFMON);
    assertThat(reader.status).as(reader.json).isZero();
    assertThat(reader.json).contains("\"canReadByPerf\":true");
  }

  /** Runs the command as it was printed; returns the point that user-events listen has shown. */
  private String listened(String listen) throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path program = folder.resolve("user-events");
    Files.writeString(
        program,
        "#!/bin/sh\nexec "
            + ChildProcess.quoted(ChildProcess.command())
            + " \"$@\" --format jsonl --metric load --count 1\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", listen).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().merge("PATH", folder.toString(), (path, own) -> own + ":" + path);
    Process process = builder.start();
    byte[] event = Events.gauge("shop", "load", "buy", 1, 0.5);
    try (RecordPipeline pipeline = RecordPipeline.builder().build()) {
      while (process.isAlive()) {
        // Dropped while no listener is attached.
        PublishResult unused = pipeline.publish(new UnsafeBuffer(event), 0, event.length);
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(shown).isZero();
    return shown.lines().reduce((first, last) -> last).orElse("");
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
    run(List.of("sh", "-c", command(answer, check)));
  }

  /** Returns the printed command of the check, without sudo because the test runs as root. */
  private static String command(Answer answer, String check) {
    Matcher command =
        Pattern.compile("\\{\"name\":\"" + check + "\"[^}]*\"command\":\"sudo ([^\"]*)\"")
            .matcher(answer.json);
    assertThat(command.find()).as(answer.json).isTrue();
    return command.group(1);
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

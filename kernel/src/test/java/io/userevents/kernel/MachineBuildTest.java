// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How the scripts of the test machine build its kernel and choose how QEMU runs it, seen from the
 * host. Scripts stand in for make, tar and QEMU, so nothing is built or booted.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class MachineBuildTest {

  private static final Path MACHINE = Path.of("machine").toAbsolutePath();
  private static final String NOBODY_WITHOUT_HOME =
      "setpriv --reuid=54321 --regid=54321 --clear-groups";

  @TempDir private Path folder;
  private Path standIns;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void requireProfile() {
    KernelTests.requireProfile();
  }

  @BeforeEach
  void makeFolders() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    standIns = Files.createDirectory(folder.resolve("bin"));
    Files.createFile(folder.resolve("source.tar"));
    standIn("tar", "");
    standIn("make", "touch \"$FOLDER/making\"; exec sleep 1000");
  }

  @AfterEach
  void endProcesses() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void shouldFindTheCacheWithoutHome() throws Exception {
    Process help = start("help", Map.of("HOME", "", "XDG_CACHE_HOME", ""), "build", "--help");

    assertThat(help.waitFor()).isZero();
    assertThat(read("help")).contains(System.getProperty("user.home") + "/.cache/user-events");
  }

  @Test
  void shouldSayHowToNameTheCacheWhereTheUserHasNoHome() throws Exception {
    assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
    copyScripts();
    List<String> command = new ArrayList<>(List.of(NOBODY_WITHOUT_HOME.split(" ")));
    command.addAll(List.of("env", "-u", "HOME", "-u", "XDG_CACHE_HOME"));
    command.addAll(List.of(folder.resolve("machine/build").toString(), "--help"));

    Process build = start("build", Map.of(), command);

    assertThat(build.waitFor()).isEqualTo(1);
    assertThat(read("build.err").lines()).hasSize(1);
    assertThat(read("build.err")).contains("set USER_EVENTS_KERNEL_CACHE");
  }

  @Test
  void shouldSayThatItWaitsForAnotherBuildAndLeaveNothingBehindAtSigTerm() throws Exception {
    Process first = start("first", Map.of(), "build");
    await(() -> Files.exists(folder.resolve("making")));
    Process second = start("second", Map.of(), "build");
    await(
        () -> read("second.err").contains("another call is building this kernel; waiting for it"));

    second.destroy();
    assertThat(second.waitFor()).isEqualTo(143);
    List<ProcessHandle> parts = first.descendants().toList();
    first.destroy();

    assertThat(first.waitFor()).isEqualTo(143);
    assertThat(parts).noneMatch(ProcessHandle::isAlive);
    try (Stream<Path> left = Files.walk(folder.resolve("cache"))) {
      assertThat(left.map(path -> path.getFileName().toString())).doesNotContain("work");
    }
  }

  @Test
  void shouldUseKvmWhereItBootsTheKernel() throws Exception {
    requireKvmDevice();

    assertThat(acceleratorWhere("echo Linux version >\"$console\"")).startsWith("kvm ");
  }

  @Test
  void shouldEmulateWhereKvmEndsOrHangs() throws Exception {
    requireKvmDevice();

    assertThat(acceleratorWhere("exit 134")).startsWith("tcg,thread=single ");
    // QEMU ended in order, but no kernel has written anything.
    assertThat(acceleratorWhere(": >\"$console\"")).startsWith("tcg,thread=single ");
  }

  @Test
  void shouldTakeTheAcceleratorThatIsNamed() throws Exception {
    assertThat(accelerator(Map.of("USER_EVENTS_KERNEL_ACCELERATOR", "kvm"))).startsWith("kvm ");
    assertThat(accelerator(Map.of("USER_EVENTS_KERNEL_ACCELERATOR", "tcg"))).startsWith("tcg");

    Process wrong =
        start("wrong", Map.of("USER_EVENTS_KERNEL_ACCELERATOR", "x"), "run", "--", "true");
    assertThat(wrong.waitFor()).isEqualTo(2);
  }

  @Test
  void shouldEmulateOneProcessorToCountInstructions() throws Exception {
    standIn("qemu-system-x86_64", "sed 's/.*-accel //' <<<\"$*\" >\"$FOLDER/accelerator\"; exit 1");

    String options = runMachine(Map.of(), "--icount");

    assertThat(options).startsWith("tcg,thread=single ").contains(" -smp 1 ");
    assertThat(options).contains(" -icount shift=0,sleep=off");
    assertThat(runMachine(Map.of())).contains(" -smp 2 ").doesNotContain("-icount");
  }

  @Test
  void shouldRefuseToCountInstructionsOfSeveralProcessorsOrWithKvm() throws Exception {
    Process several = start("first", Map.of(), "run", "--icount", "--cpus", "2", "--", "true");
    Process kvm =
        start(
            "second",
            Map.of("USER_EVENTS_KERNEL_ACCELERATOR", "kvm"),
            "run",
            "--icount",
            "--",
            "true");

    assertThat(several.waitFor()).isEqualTo(2);
    assertThat(read("first.err")).contains("--icount needs one processor, not --cpus 2");
    assertThat(kvm.waitFor()).isEqualTo(2);
    assertThat(read("second.err"))
        .contains("--icount needs emulation, not USER_EVENTS_KERNEL_ACCELERATOR=kvm");
  }

  @Test
  void shouldBuildForArm64WithTheOptionsThatDifferThere() throws Exception {
    Process build = start("first", Map.of(), buildForArm64("64k"));

    assertThat(build.waitFor()).as(read("first.err")).isZero();
    Path image = Path.of(read("first").strip());
    assertThat(image).hasFileName("Image").exists();
    assertThat(read("made").lines())
        .contains("ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- tinyconfig")
        .anyMatch(line -> line.endsWith(" Image"));
    assertThat(Files.readAllLines(image.resolveSibling("fragment")))
        .containsSubsequence(
            "CONFIG_USER_EVENTS=y",
            "CONFIG_SERIAL_8250=y",
            "# CONFIG_SERIAL_8250 is not set",
            "CONFIG_SERIAL_AMBA_PL011=y",
            "CONFIG_ARM64_64K_PAGES=y");

    // Another page length needs another kernel; the same page length uses the cache.
    Files.delete(folder.resolve("made"));
    Process again = start("again", Map.of(), buildForArm64("64k"));
    assertThat(again.waitFor()).isZero();
    assertThat(read("again")).isEqualTo(read("first"));
    assertThat(folder.resolve("made")).doesNotExist();
    Process other = start("other", Map.of(), buildForArm64("16k"));
    assertThat(other.waitFor()).isZero();
    assertThat(read("other")).isNotEqualTo(read("first"));
  }

  @Test
  void shouldBuildNoKernelWithoutAnOptionThatArm64Needs() throws Exception {
    List<String> command = buildForArm64("16k");
    standIn("make", "[ \"${@: -1}\" != olddefconfig ] || sed -i /PL011=/d \"$2/.config\"");

    Process build = start("first", Map.of(), command);

    assertThat(build.waitFor()).isEqualTo(1);
    assertThat(read("first.err")).contains("were not taken").contains("CONFIG_SERIAL_AMBA_PL011=y");
    assertThat(read("first.err")).doesNotContain("CONFIG_SERIAL_8250");
  }

  @Test
  void shouldRefusePagesThatTheProcessorDoesNotHave() throws Exception {
    Process build = start("first", Map.of(), "build", "--pages", "16k");
    Process run = start("second", Map.of(), "run", "--arch", "arm64", "--pages", "8k", "--", "x");

    assertThat(build.waitFor()).isEqualTo(2);
    assertThat(read("first.err")).contains("--pages 16k needs --arch arm64");
    assertThat(run.waitFor()).isEqualTo(2);
    assertThat(read("second.err")).contains("--pages is 4k, 16k or 64k, not 8k");
  }

  @Test
  void shouldRunArm64WithProgramsForItAboveTheHostsFiles() throws Exception {
    buildForArm64("4k");
    standIn(
        "mmdebstrap",
        "root=${@: -1}; mkdir -p \"$root/usr/sbin\" \"$root/usr/lib/jvm/java-25-openjdk-arm64\"");
    standIn(
        "qemu-system-aarch64",
        """
        printf '%s\\n' "$@" >"$FOLDER/arguments"
        cp "$(sed -n 's|.* -- \\(.*\\)/init$|\\1/command|p' "$FOLDER/arguments")" "$FOLDER/command"
        exit 1
        """);

    Process run = start("run", Map.of(), "run", "--arch", "arm64", "--", "java", "-version");

    assertThat(run.waitFor()).as(read("run.err")).isEqualTo(125);
    assertThat(read("arguments"))
        .contains("tcg,thread=single\n", "neoverse-n1\n", "path=/,mount_tag=host,")
        .containsPattern("path=.*/cache/root-[0-9a-f]+/root,mount_tag=root,.*readonly=on")
        .containsPattern("init=/usr/sbin/start-test-machine .* -- /tmp/");
    assertThat(read("command"))
        .contains("PATH=/usr/lib/jvm/java-25-openjdk-arm64/bin:/usr/sbin:")
        .contains("JAVA_HOME=/usr/lib/jvm/java-25-openjdk-arm64\n")
        .containsPattern("date --set=@[0-9]{10}")
        .contains("exec java -version");
  }

  /**
   * Returns the command of a build, with a compiler and a make that do only what the script checks.
   */
  private List<String> buildForArm64(String pages) throws IOException {
    standIn("aarch64-linux-gnu-gcc", "");
    standIn(
        "make",
        """
        while [ "$1" != -C ]; do shift; done
        mkdir -p "$2/arch/arm64/boot"
        touch "$2/.config" "$2/arch/arm64/boot/Image"
        echo "${*:3}" >>"$FOLDER/made"
        """);
    return List.of(MACHINE.resolve("build").toString(), "--arch", "arm64", "--pages", pages);
  }

  private static void requireKvmDevice() {
    boolean isThere = Files.isWritable(Path.of("/dev/kvm"));
    if (!isThere) {
      System.out.println("test of KVM skipped: this user cannot open /dev/kvm");
    }
    assumeTrue(isThere, "this user cannot open /dev/kvm");
  }

  /** Returns the accelerator that QEMU is started with after such a trial. */
  private String acceleratorWhere(String trial) throws Exception {
    standIn(
        "qemu-system-x86_64",
        """
        if [[ $* == *root=root* ]]; then
          sed 's/.*-accel //' <<<"$*" >"$FOLDER/accelerator"
          exit 1
        fi
        console=$(sed 's/.*file://' <<<"$*")
        """
            + trial);
    return runMachine(Map.of());
  }

  private String accelerator(Map<String, String> environment) throws Exception {
    standIn("qemu-system-x86_64", "sed 's/.*-accel //' <<<\"$*\" >\"$FOLDER/accelerator\"; exit 1");
    return runMachine(environment);
  }

  private String runMachine(Map<String, String> environment, String... options) throws Exception {
    // A build that creates an image immediately.
    standIn(
        "make",
        "while [ \"$1\" != -C ]; do shift; done; mkdir -p \"$2/arch/x86/boot\"; cp"
            + " \"$FOLDER/fragment\" \"$2/.config\"; touch \"$2/arch/x86/boot/bzImage\"");
    Files.copy(
        MACHINE.resolve("config"), folder.resolve("fragment"), StandardCopyOption.REPLACE_EXISTING);
    List<String> command = new ArrayList<>(List.of(MACHINE.resolve("run").toString()));
    command.addAll(List.of(options));
    command.addAll(List.of("--", "true"));
    Process machine = start("machine", environment, command);
    assertThat(machine.waitFor()).as(read("machine.err")).isEqualTo(125);
    return Files.readString(folder.resolve("accelerator"));
  }

  private void copyScripts() throws IOException {
    Path copies = Files.createDirectory(folder.resolve("machine"));
    try (Stream<Path> scripts = Files.list(MACHINE)) {
      for (Path script : scripts.toList()) {
        Files.copy(script, copies.resolve(script.getFileName()));
      }
    }
    Files.setPosixFilePermissions(
        copies.resolve("build"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void standIn(String name, String script) throws IOException {
    Path file = standIns.resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process start(String name, Map<String, String> environment, String script, String... more)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(MACHINE.resolve(script).toString()));
    command.addAll(List.of(more));
    return start(name, environment, command);
  }

  private Process start(String name, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().merge("PATH", standIns.toString(), (path, first) -> first + ":" + path);
    builder.environment().put("FOLDER", folder.toString());
    builder.environment().put("USER_EVENTS_KERNEL_SOURCE", folder.resolve("source.tar").toString());
    if (!environment.containsKey("HOME") && !name.equals("build")) {
      builder.environment().put("USER_EVENTS_KERNEL_CACHE", folder.resolve("cache").toString());
    }
    environment.forEach(
        (key, value) -> {
          if (value.isEmpty()) {
            builder.environment().remove(key);
          } else {
            builder.environment().put(key, value);
          }
        });
    Process process =
        builder
            .redirectOutput(folder.resolve(name).toFile())
            .redirectError(folder.resolve(name + ".err").toFile())
            .start();
    started.add(process);
    return process;
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  /** The test's time limit ends it. */
  private static void await(Condition condition) throws Exception {
    while (!condition.holds()) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}

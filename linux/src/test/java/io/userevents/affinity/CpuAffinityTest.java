// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.userevents.internal.syscall.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On machines of any kind, as a scripted kernel plays them. */
@Timeout(300)
class CpuAffinityTest {

  private final ScriptedScheduler kernel = new ScriptedScheduler();

  @TempDir private Path folder;
  private Path online;
  private CpuAffinity affinity;

  @BeforeEach
  void setUp() throws IOException {
    online = Files.writeString(folder.resolve("online"), "0-3\n");
    affinity = new CpuAffinity(kernel, online);
  }

  @Test
  void shouldPinTheCallingThreadWithASingleCall() throws Exception {
    affinity.pin(1);

    assertThat(kernel.log).containsExactly("set 0 8 1");
    assertThat(affinity.current()).isEqualTo(CpuSet.of(1));
  }

  @Test
  void shouldPinToACpuBeyondTheThousandThatAUsualMaskHasBitsFor() throws Exception {
    kernel.possibleCpus = 8192;
    kernel.allowed = CpuSet.parse("0-4095");

    affinity.pin(4000);

    assertThat(kernel.log).containsExactly("set 0 504 4000");
  }

  @Test
  void shouldLengthenTheMaskUntilTheKernelIsContent() throws Exception {
    kernel.possibleCpus = 8192;
    kernel.allowed = CpuSet.parse("0-4095");

    assertThat(affinity.current()).isEqualTo(CpuSet.parse("0-4095"));

    assertThat(kernel.log).containsExactly("get 0 128", "get 0 256", "get 0 512", "get 0 1024");
  }

  @Test
  void shouldGiveUpWhenNoMaskIsLongEnough() {
    kernel.getError = -Errno.EINVAL.number();

    assertThatThrownBy(affinity::current)
        .isInstanceOf(CpuAffinityException.class)
        .hasMessageContaining("sched_getaffinity")
        .hasMessageContaining("EINVAL");

    assertThat(kernel.log).hasSize(7).endsWith("get 0 8192");
  }

  @Test
  void shouldTellTheAllowedCpusOfAThreadThatRunsOnFewer() throws Exception {
    affinity.pin(1);

    assertThat(affinity.allowed()).isEqualTo(CpuSet.of(0, 1));
    assertThat(affinity.current()).isEqualTo(CpuSet.of(1));
  }

  @Test
  void shouldTellTheAllowedCpusToAnInterruptedThread() throws Exception {
    Thread.currentThread().interrupt();

    CpuSet allowed = affinity.allowed();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(allowed).isEqualTo(CpuSet.of(0, 1));
  }

  @Test
  void shouldNameThreadCpuAndAllowedCpusWhenTheCpuIsNotAmongThem() {
    CpuAffinityException refusal = refusalOf(3);

    assertThat(refusal.errno()).isEqualTo(Errno.EINVAL.number());
    assertThat(refusal)
        .hasMessageStartingWith(
            "cannot pin thread "
                + Thread.currentThread().getName()
                + " to cpu=3: call=sched_setaffinity errno=EINVAL (22, invalid argument) allowed"
                + " cpus=0-1 online cpus=0-3; choose one of the allowed ones, or add it to the"
                + " cpuset of the process");
  }

  @Test
  void shouldLeaveTheThreadWhereItIsWhenTheCpuIsRefused() throws Exception {
    affinity.pin(1);

    refusalOf(3);

    assertThat(affinity.current()).isEqualTo(CpuSet.of(1));
  }

  @Test
  void shouldSayThatTheCpuIsNotOnline() {
    assertThat(refusalOf(5000))
        .hasMessageContaining("cpu=5000")
        .hasMessageContaining("allowed cpus=0-1 online cpus=0-3; the machine has no such CPU");
  }

  @Test
  void shouldSayToTryAgainWhenTheCpuIsAllowedBehindItsRefusal() {
    kernel.setError = -Errno.EINVAL.number();

    assertThat(refusalOf(1)).hasMessageContaining("have just changed: try again");
  }

  @ParameterizedTest
  @EnumSource(names = {"EPERM", "EACCES", "ENOSYS"})
  void shouldSayWhatForbidsPinning(Errno errno) {
    kernel.setError = -errno.number();

    CpuAffinityException refusal = refusalOf(1);

    assertThat(refusal.errno()).isEqualTo(errno.number());
    assertThat(refusal)
        .hasMessageContaining(Errno.describe(errno.number()))
        .hasMessageContaining("cpu=1:")
        .hasMessageContaining("allowed cpus=0-1 ")
        .hasMessageContaining("permit sched_setaffinity in the container's seccomp profile");
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 77})
  void shouldReferToTheManualForAnyOtherErrno(int errno) {
    kernel.setError = -errno;

    assertThat(refusalOf(1))
        .hasMessageContaining(Errno.describe(errno))
        .hasMessageEndingWith("see sched_setaffinity(2)");
  }

  @Test
  void shouldRefuseWithoutTheAllowedCpusWhenTheKernelDoesNotTellThem() {
    kernel.getError = -Errno.EPERM.number();

    CpuAffinityException refusal = refusalOf(3);

    assertThat(refusal).hasMessageContaining("cpu=3").hasMessageContaining("allowed cpus=unknown");
    assertThat(refusal.errno()).isEqualTo(Errno.EINVAL.number());
    assertThat(refusal).cause().hasMessageContaining("sched_getaffinity errno=EPERM");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "offline"})
  void shouldRefuseWithoutTheOnlineCpusWhenSysfsDoesNotTellThem(String name) throws IOException {
    // A folder, which cannot be read as a file, or a file without a list.
    Path untold = folder.resolve(name);
    if (!name.isEmpty()) {
      Files.writeString(untold, "what?");
    }
    affinity = new CpuAffinity(kernel, untold);

    assertThat(refusalOf(3)).hasMessageContaining("online cpus=unknown; choose one of the allowed");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, CpuSet.MAX_CPU + 1})
  void shouldRefuseANumberOutOfRangeWithoutAskingTheKernel(int cpu) {
    assertThatThrownBy(() -> affinity.pin(cpu))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cpu=" + cpu);

    assertThat(kernel.log).isEmpty();
  }

  private CpuAffinityException refusalOf(int cpu) {
    return catchThrowableOfType(CpuAffinityException.class, () -> affinity.pin(cpu));
  }
}

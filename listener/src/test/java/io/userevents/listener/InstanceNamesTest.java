// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InstanceNamesTest {

  private static final long PID = ProcessHandle.current().pid();
  private static final String BOOT = "0123abcd";
  private static final String NAMESPACE = "4026531836";
  private static final String HERE = "user_events_" + BOOT + "_" + NAMESPACE + "_";
  private static final String ELSEWHERE = "user_events_" + BOOT + "_4026532999_";

  private final InstanceKernel kernel = new InstanceKernel();
  @TempDir private Path instances = Path.of("");
  private InstanceNames names = names();

  @BeforeEach
  void inFolder() {
    names = names();
  }

  private InstanceNames names() {
    return new InstanceNames(new TracefsFiles(kernel), instances, BOOT, NAMESPACE);
  }

  @Test
  void shouldNumberTheInstancesOfOneProcess() throws Exception {
    assertThat(names.createDefault().folder())
        .isEqualTo(instances.resolve(HERE + PID + "_1"))
        .isDirectory();
    assertThat(names.createDefault().folder())
        .isEqualTo(instances.resolve(HERE + PID + "_2"))
        .isDirectory();
  }

  @Test
  void shouldNameInstancesAfterThisBootAndNamespace() throws Exception {
    InstanceNames own = new InstanceNames(new TracefsFiles(kernel), instances);
    String boot =
        Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).replace("-", "").strip();
    String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    String namespace = link.substring("pid:[".length(), link.length() - 1);

    assertThat(own.createDefault().folder().getFileName())
        .hasToString("user_events_" + boot.substring(0, 8) + "_" + namespace + "_" + PID + "_1");
  }

  @Test
  void shouldRemoveInstancesOfDeadProcessesOnly() throws Exception {
    Path dead = kernel.make(instances.resolve(HERE + "7_1"));
    Path living = kernel.make(instances.resolve(HERE + "8_1"));
    Path other = kernel.make(instances.resolve("somebody_7_1"));
    Path own = names.createDefault().folder();

    names.removeStale(pid -> pid == 8);

    assertThat(dead).doesNotExist();
    assertThat(living).exists();
    assertThat(other).exists();
    assertThat(own).exists();
  }

  @Test
  void shouldRemoveInstanceOfAnEarlierProcessWithTheSameId() throws Exception {
    Path earlier = kernel.make(instances.resolve(HERE + PID + "_9"));

    names.removeStale(pid -> true);

    assertThat(earlier).doesNotExist();
  }

  /** Its process has the id of one that lives here, or of this one, as in two containers. */
  @Test
  void shouldRemoveDeadInstancesOfOtherNamespacesAndKeepHeldOnes() throws Exception {
    Path dead = kernel.make(instances.resolve(ELSEWHERE + PID + "_1"));
    Path held = kernel.make(instances.resolve(ELSEWHERE + PID + "_2"));
    kernel.held.add(held);

    names.removeStale(pid -> true);

    assertThat(dead).doesNotExist();
    assertThat(held).exists();
  }

  @Test
  void shouldNotTakeAnInstanceInTheMakingOfThisProcessForAStaleOne() throws Exception {
    kernel.whenMade = () -> names.removeStale(pid -> true);

    InstanceNames.Held held = names.createDefault();

    assertThat(held.folder()).isDirectory();
    assertThat(kernel.removed).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"ENOENT", "ENODEV"})
  void shouldMakeAnInstanceAgainThatAnotherListenerRemovesBeforeItIsHeld(Errno errno)
      throws Exception {
    kernel.removals = 3;
    kernel.removedErrno = errno;

    InstanceNames.Held held = names.createDefault();

    assertThat(held.folder()).isDirectory();
    assertThat(kernel.held).containsExactly(held.folder());
    assertThat(kernel.removals).isZero();
  }

  @Test
  void shouldMakeAnInstanceAgainWhoseDescriptorHoldsANewerOneOfAnother() throws Exception {
    kernel.removals = 3;
    kernel.opensNewer = true;

    InstanceNames.Held held = names.createDefault();

    assertThat(held.folder()).isDirectory();
    assertThat(kernel.held).containsExactly(held.folder());
    assertThat(kernel.closed).isEqualTo(3);
  }

  @Test
  void shouldHoldNothingAndLeaveNothingWhenTheFolderIsNoInstance() {
    kernel.hasFiles = false;

    assertThatThrownBy(() -> names.create("mine"))
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("ENOENT");
    assertThat(instances).isEmptyDirectory();
  }

  @Test
  void shouldSayWhatToDoWhenNameIsTaken() throws Exception {
    names.create("mine");

    assertThatThrownBy(() -> names.create("mine"))
        .isInstanceOfSatisfying(
            ListenerException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST.number()))
        .hasMessageContaining("path=" + instances.resolve("mine"))
        .hasMessageContaining("EEXIST (17, file exists)")
        .hasMessageContaining("choose another name");
  }

  @Test
  void shouldSayErrnoAndRemedyWhenTracefsIsReadOnlyOrLockedDown() {
    kernel.mkdirResult = -Errno.EROFS.number();
    assertThatThrownBy(() -> names.create("mine"))
        .hasMessageContaining("mkdir failed: path=" + instances.resolve("mine"))
        .hasMessageContaining("EROFS (30, read-only file system)")
        .hasMessageContaining("remount,rw");

    kernel.mkdirResult = -Errno.EPERM.number();
    assertThatThrownBy(() -> names.create("mine"))
        .hasMessageContaining("EPERM (1, operation not permitted)")
        .hasMessageContaining("locked down");
  }

  /**
   * Folders like those of tracefs: they have files, and can be removed only while no file is open.
   */
  private static final class InstanceKernel implements Syscalls {
    private static final int FD = 100;
    final Set<Path> held = new HashSet<>();
    boolean hasFiles = true;
    int removals;
    Errno removedErrno = Errno.ENOENT;
    boolean opensNewer;
    int closed;
    int removed;
    Runnable whenMade = () -> {};
    int mkdirResult;

    Path make(Path folder) {
      assertThat(mkdir(folder.toString(), 0)).isZero();
      return folder;
    }

    @Override
    public int mkdir(String path, int mode) {
      if (mkdirResult < 0) {
        return mkdirResult;
      }
      try {
        if (Files.exists(Path.of(path))) {
          return -Errno.EEXIST.number();
        }
        Files.createDirectory(Path.of(path));
        whenMade.run();
        return 0;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public int rmdir(String path) {
      try {
        if (held.contains(Path.of(path))) {
          return -Errno.EBUSY.number();
        }
        removed++;
        return Files.deleteIfExists(Path.of(path)) ? 0 : -Errno.ENOENT.number();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public int open(String path, int flags) {
      Path folder = Path.of(path).getParent();
      if (folder == null || !hasFiles) {
        return -Errno.ENOENT.number();
      }
      if (removals > 0) {
        removals--;
        assertThat(rmdir(folder.toString())).isZero();
        return opensNewer ? FD : -removedErrno.number();
      }
      held.add(folder);
      return FD;
    }

    @Override
    public int close(int fd) {
      assertThat(fd).isEqualTo(FD);
      closed++;
      return 0;
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long writev(int fd, long iovecs, int count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(int fd, long address, long length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int poll(long pollfds, int count, int timeoutMs) {
      throw new UnsupportedOperationException();
    }
  }
}

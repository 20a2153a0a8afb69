// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupNamesTest {

  private static final String ID = "0123456789abcdef".repeat(4);
  private static final String OTHER = "f".repeat(64);
  private static final String UID = "0a1b2c3d-1111-2222-3333-444455556666";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podPOD_.slice/cri-containerd-ID.scope",
        "0::/kubepods.slice/kubepods-podPOD_.slice/crio-ID.scope",
        "0::/kubepods/besteffort/podPOD/ID",
        "0::/../../kubepods.slice/kubepods-podPOD_.slice/cri-containerd-ID.scope/init",
        "12:pids:/x\n1:name=systemd:/kubepods/podPOD/ID",
        "0::/kubepods/podPOD/ID/docker/OTHER"
      })
  void shouldFindContainerAndPod(String line) {
    String cgroups = fill(line);

    assertThat(CgroupNames.containerId(cgroups)).isEqualTo(ID);
    assertThat(CgroupNames.podUid(cgroups)).isEqualTo(UID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0::/system.slice/docker-ID.scope",
        "0::/docker/ID",
        "0::/machine.slice/libpod-ID.scope/container"
      })
  void shouldFindAContainerWithoutPod(String line) {
    String cgroups = fill(line);

    assertThat(CgroupNames.containerId(cgroups)).isEqualTo(ID);
    assertThat(CgroupNames.podUid(cgroups)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0::/",
        "0::/system.slice/ssh.service",
        "0::/user.slice/user-1000.slice/user@1000.service/docker-ID.scope",
        "0::/user.slice/user-1000.slice/podPOD/ID",
        "0::/docker/aID"
      })
  void shouldNotTakeOtherNamesForContainers(String line) {
    String cgroups = fill(line);

    assertThat(CgroupNames.containerId(cgroups)).isEmpty();
    assertThat(CgroupNames.podUid(cgroups)).isEmpty();
  }

  @Test
  void shouldFindStaticPodsAndTasksOfEcs() {
    String hash = "0123456789abcdef0123456789abcdef";

    assertThat(CgroupNames.podUid("0::/kubepods/pod" + hash + "/" + ID)).isEqualTo(hash);
    assertThat(CgroupNames.containerId("0::/ecs/task/" + hash + "-1234567890"))
        .isEqualTo(hash + "-1234567890");
  }

  private static String fill(String line) {
    return line.replace("POD_", UID.replace('-', '_'))
        .replace("POD", UID)
        .replace("OTHER", OTHER)
        .replace("ID", ID);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Checks the manifests with classes that are generated from the OpenAPI description of Kubernetes.
 */
final class KubernetesManifestTest {

  private static final Path FILE = Archive.SOURCES.resolve("kubernetes/user-events-agent.yaml");

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "v1 Namespace", Namespace.class,
          "v1 ServiceAccount", ServiceAccount.class,
          "v1 ConfigMap", ConfigMap.class,
          "apps/v1 DaemonSet", DaemonSet.class);

  /** The classes keep unknown fields unless their setter for these fields is hidden. */
  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              });

  @Test
  void shouldHaveTheFieldsThatKubernetesHas() throws Exception {
    assertThat(parse(Files.readString(FILE)))
        .extracting(HasMetadata::getKind)
        .containsExactly("Namespace", "ServiceAccount", "ConfigMap", "DaemonSet");
  }

  @Test
  void shouldNoticeAFieldThatKubernetesHasNot() throws Exception {
    String misspelt = Files.readString(FILE).replace("hostPID:", "hostPid:");

    assertThatThrownBy(() -> parse(misspelt))
        .isInstanceOf(JsonMappingException.class)
        .hasMessageContaining("hostPid");
  }

  @Test
  void shouldRunInTheNamespaceAndByTheAccountThatItMakes() throws Exception {
    List<HasMetadata> objects = parse(Files.readString(FILE));
    String namespace = objects.get(0).getMetadata().getName();
    DaemonSet daemonSet = daemonSet();

    assertThat(objects.subList(1, 4))
        .allSatisfy(object -> assertThat(object.getMetadata().getNamespace()).isEqualTo(namespace));
    assertThat(daemonSet.getSpec().getTemplate().getSpec().getServiceAccountName())
        .isEqualTo(objects.get(1).getMetadata().getName());
    assertThat(daemonSet.getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(daemonSet.getSpec().getSelector().getMatchLabels());
    assertThat(container().getEnvFrom().get(0).getConfigMapRef().getName())
        .isEqualTo(objects.get(2).getMetadata().getName());
  }

  @Test
  void shouldMountEachVolumeOnce() throws Exception {
    PodSpec pod = daemonSet().getSpec().getTemplate().getSpec();

    assertThat(pod.getVolumes())
        .extracting(Volume::getName)
        .containsExactlyInAnyOrderElementsOf(
            container().getVolumeMounts().stream().map(VolumeMount::getName).toList());
  }

  /** {@link UnitInMachineTest} shows that these rights are enough. */
  @Test
  void shouldHaveTheRightsOfRootWithOneCapability() throws Exception {
    SecurityContext rights = container().getSecurityContext();

    assertThat(daemonSet().getSpec().getTemplate().getSpec().getHostPID()).isTrue();
    assertThat(rights.getRunAsUser()).isZero();
    assertThat(rights.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(rights.getCapabilities().getAdd()).containsExactly("PERFMON");
    assertThat(rights.getPrivileged()).isNull();
    assertThat(rights.getAllowPrivilegeEscalation()).isFalse();
    assertThat(rights.getReadOnlyRootFilesystem()).isTrue();
  }

  @Test
  void shouldGiveTheAgentLongerThanItsGraceTime() throws Exception {
    List<String> arguments = container().getArgs();
    String grace =
        arguments.stream().filter(argument -> argument.startsWith("--grace=")).toList().get(0);
    long seconds = Long.parseLong(grace.replaceAll("\\D", ""));

    assertThat(daemonSet().getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds())
        .isGreaterThan(seconds + 5);
  }

  private static DaemonSet daemonSet() throws IOException {
    return (DaemonSet) parse(Files.readString(FILE)).get(3);
  }

  private static Container container() throws IOException {
    return daemonSet().getSpec().getTemplate().getSpec().getContainers().get(0);
  }

  private static List<HasMetadata> parse(String text) throws IOException {
    List<HasMetadata> objects = new ArrayList<>();
    for (String document : text.split("\n---\n", -1)) {
      JsonNode tree = YAML.readTree(document);
      String kind = tree.path("apiVersion").asText() + " " + tree.path("kind").asText();
      assertThat(KINDS).containsKey(kind);
      objects.add(YAML.treeToValue(tree, KINDS.getOrDefault(kind, Namespace.class)));
    }
    return objects;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.userevents.cli.CommandFactory;
import io.userevents.cli.UserEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Checks the manifests against the schema that {@code dist/src/build/kubernetes-schema} makes of
 * Kubernetes' OpenAPI description, and the agent's command line with the command's own parser.
 */
final class KubernetesManifestTest {

  private static final Path FILE = Archive.SOURCES.resolve("kubernetes/user-events-agent.yaml");

  private static final Path SCHEMA = Archive.SOURCES.resolve("test/schema/kubernetes.json");

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "core.v1.Namespace", Namespace.class,
          "core.v1.ServiceAccount", ServiceAccount.class,
          "core.v1.ConfigMap", ConfigMap.class,
          "apps.v1.DaemonSet", DaemonSet.class);

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** The syntax by which Kubernetes inserts a variable of the container into an argument. */
  private static final Pattern VARIABLE = Pattern.compile("\\$\\((\\w+)\\)");

  @Test
  void shouldHaveTheFieldsThatKubernetesHas() throws Exception {
    String manifest = Files.readString(FILE);

    assertThat(errors(manifest)).isEmpty();
    assertThat(parse(manifest))
        .extracting(HasMetadata::getKind)
        .containsExactly("Namespace", "ServiceAccount", "ConfigMap", "DaemonSet");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hostPID: | hostPid: | hostPid",
        "hostPID: true | hostPID: \"true\" | hostPID",
        "cpu: 50m, memory: 320Mi | cpu: 50m, memory: 320Mix | memory",
        "limits: {memory: 448Mi} | limits: {memory: 448Mix} | memory",
        "limits: {memory: 448Mi} | limits: {memory: 448 Mi} | memory",
        "sizeLimit: 64Mi | sizeLimit: 64MB | sizeLimit",
        "sizeLimit: 64Mi | sizeLimit: true | sizeLimit",
        "selector: | replicas: 1 \\n  selector: | replicas",
        "selector: | replicas: x \\n  selector: | replicas",
        "terminationGracePeriodSeconds: 30 | terminationGracePeriodSeconds: x | terminationGrace",
        "terminationGracePeriodSeconds: 30 | terminationGracePeriodSeconds: \"30\" | terminationGrace",
        "failureThreshold: 24 | failureThreshold: 2.5 | failureThreshold",
        "'  selector:\\n    matchLabels:\\n      app.kubernetes.io/name: user-events-agent\\n' | '' | selector",
        "- name: agent | - imagePullPolicy: Never | name",
        "mountPath: /tmp | readOnly: true | mountPath",
        "type: RollingUpdate | type: Rolling | type",
        "type: RuntimeDefault | type: Default | type",
        "type: DirectoryOrCreate | type: CreateDirectory | type",
        "operator: Exists | operator: Exist | operator",
        "add: [PERFMON] | add: PERFMON | add",
        "OTEL_EXPORTER_OTLP_ENDPOINT: http | OTEL_EXPORTER_OTLP_TIMEOUT: 10000\\n  X: http | TIMEOUT",
        "kind: ConfigMap | kind: Configmap | no known kind",
        "apiVersion: apps/v1 | apiVersion: apps/v1beta1 | no known kind",
      })
  void shouldNoticeWhatKubernetesRefuses(String found, String changed, String expected)
      throws Exception {
    String manifest = Files.readString(FILE);
    String before = found.replace("\\n", "\n");
    assertThat(manifest).contains(before);

    List<String> errors = errors(manifest.replace(before, changed.replace("\\n", "\n")));

    assertThat(errors).isNotEmpty().anyMatch(error -> error.contains(expected));
  }

  @Test
  void shouldHaveAnAgentsCommandLine() throws Exception {
    Container container = container();

    ParseResult parsed = parseArguments(container.getArgs());

    assertThat(parsed.subcommand().commandSpec().name()).isEqualTo("forward");
    assertThat(container.getCommand()).as("the image's entry point runs").isEmpty();
    assertThat(container.getArgs().stream().flatMap(KubernetesManifestTest::variables))
        .isNotEmpty()
        .isSubsetOf(container.getEnv().stream().map(EnvVar::getName).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "--health-address, --helth-address",
    "--spool-size=1G, --spool-size=1Gi",
    "--grace=10s, --grace=10",
    "--source=perf, --source=Perf",
    "--health=9464, --health=http",
    "forward, foward"
  })
  void shouldNoticeAnArgumentThatTheCommandRefuses(String found, String changed) throws Exception {
    List<String> arguments = container().getArgs();
    List<String> wrong = arguments.stream().map(each -> each.replace(found, changed)).toList();
    assertThat(wrong).isNotEqualTo(arguments);

    assertThatThrownBy(() -> parseArguments(wrong)).isInstanceOf(ParameterException.class);
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

  private static ParseResult parseArguments(List<String> arguments) {
    return new CommandLine(UserEvents.class, new CommandFactory())
        .parseArgs(arguments.toArray(String[]::new));
  }

  private static Stream<String> variables(String argument) {
    return VARIABLE.matcher(argument).results().map(found -> found.group(1));
  }

  private static List<JsonNode> documents(String text) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    for (String document : text.split("\n---\n", -1)) {
      documents.add(YAML.readTree(document));
    }
    return documents;
  }

  private static String kind(JsonNode document) {
    String version = document.path("apiVersion").asText();
    return (version.contains("/") ? version.replace('/', '.') : "core." + version)
        + "."
        + document.path("kind").asText();
  }

  /** Returns what the schema of each object does not allow. */
  private static List<String> errors(String text) throws IOException {
    List<String> errors = new ArrayList<>();
    for (JsonNode document : documents(text)) {
      String kind = kind(document);
      if (KINDS.containsKey(kind)) {
        schema(kind).validate(document).forEach(error -> errors.add(error.toString()));
      } else {
        errors.add("no known kind: " + kind);
      }
    }
    return errors;
  }

  private static Schema schema(String kind) throws IOException {
    ObjectNode schema = (ObjectNode) new ObjectMapper().readTree(SCHEMA.toFile());
    schema.put("$ref", "#/$defs/io.k8s.api." + kind);
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
  }

  private static List<HasMetadata> parse(String text) throws IOException {
    List<HasMetadata> objects = new ArrayList<>();
    for (JsonNode document : documents(text)) {
      Class<? extends HasMetadata> type = requireNonNull(KINDS.get(kind(document)));
      objects.add(YAML.treeToValue(document, type));
    }
    return objects;
  }
}

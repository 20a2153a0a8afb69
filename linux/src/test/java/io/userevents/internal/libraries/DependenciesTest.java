// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Checks that {@code user-events-linux} brings JNA and Agrona, and nothing else. */
class DependenciesTest {

  @Test
  void shouldDependOnJnaAndAgronaOnly() throws Exception {
    assertThat(atRunTime(Path.of("pom.xml"))).containsExactlyInAnyOrder("jna", "agrona");
    assertThat(atRunTime(Path.of("..", "pom.xml"))).as("what each module inherits").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "com.lmax.disruptor.RingBuffer",
        "io.opentelemetry.sdk.metrics.export.MetricExporter",
        "io.userevents.pipeline.RecordPipeline"
      })
  void shouldHaveNoOtherLibraryOnItsClassPath(String name) {
    assertThat(getClass().getResource("/" + name.replace('.', '/') + ".class")).isNull();
  }

  /** The artifacts that the project itself names, and that its users get. */
  private static List<String> atRunTime(Path pom) throws Exception {
    Document document =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
    List<String> artifacts = new ArrayList<>();
    for (Element dependencies : children(document.getDocumentElement(), "dependencies")) {
      for (Element dependency : children(dependencies, "dependency")) {
        List<Element> scope = children(dependency, "scope");
        if (scope.isEmpty() || "compile runtime".contains(scope.get(0).getTextContent())) {
          artifacts.add(children(dependency, "artifactId").get(0).getTextContent());
        }
      }
    }
    return artifacts;
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        children.add(element);
      }
    }
    return children;
  }
}

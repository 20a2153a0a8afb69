// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Converts the XML reports of another JUnit run to tests of this run. */
final class TestReports {

  private TestReports() {}

  static List<DynamicContainer> read(Path folder) throws Exception {
    Map<String, List<DynamicTest>> byClass = new LinkedHashMap<>();
    try (DirectoryStream<Path> reports = Files.newDirectoryStream(folder, "TEST-*.xml")) {
      for (Path report : reports) {
        NodeList cases =
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
          Element test = (Element) cases.item(i);
          byClass
              .computeIfAbsent(test.getAttribute("classname"), name -> new ArrayList<>())
              .add(testOf(test));
        }
      }
    }
    List<DynamicContainer> containers = new ArrayList<>();
    byClass.forEach(
        (name, tests) -> containers.add(DynamicContainer.dynamicContainer(name, tests)));
    return containers;
  }

  private static DynamicTest testOf(Element test) {
    String name = test.getAttribute("name") + " (" + test.getAttribute("time") + " s)";
    return DynamicTest.dynamicTest(
        name,
        () -> {
          for (String kind : List.of("failure", "error")) {
            NodeList found = test.getElementsByTagName(kind);
            if (found.getLength() > 0) {
              throw new AssertionError("in the test machine: " + found.item(0).getTextContent());
            }
          }
          NodeList skipped = test.getElementsByTagName("skipped");
          if (skipped.getLength() > 0) {
            abort("in the test machine: " + skipped.item(0).getTextContent());
          }
        });
  }
}

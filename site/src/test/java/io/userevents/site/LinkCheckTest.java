// SPDX-License-Identifier: Apache-2.0
package io.userevents.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkCheckTest {

  @TempDir private Path project;

  @BeforeEach
  void writeTarget() throws IOException {
    Files.createDirectories(project.resolve("docs/pictures"));
    Files.writeString(
        project.resolve("docs/target.md"),
        """
        # The target

        ## `maxEventLength` and the ring's size

        ```sh
        # no heading
        ```

        <a id="by-hand"></a>

        ## Same

        ## Same
        """);
    Files.writeString(project.resolve("docs/pictures/ring.svg"), "<svg/>");
  }

  @Test
  void shouldAcceptLinksToPagesAnchorsPicturesFoldersAndOtherHosts() throws IOException {
    assertThat(
            deadLinksOf(
                """
                # Here

                [page](docs/target.md), [anchor](docs/target.md#maxeventlength-and-the-rings-size),
                [by hand](docs/target.md#by-hand), [second](docs/target.md#same-1), [own](#here),
                [folder](docs), [host](https://example.com/no#such), [named][name]

                ![picture](docs/pictures/ring.svg)

                [name]: docs/target.md
                """))
        .isEmpty();
  }

  @Test
  void shouldFindADeadPage() throws IOException {
    assertThat(deadLinksOf("# A\n\n[page](docs/gone.md)\n"))
        .containsExactly("README.md:3 link=docs/gone.md cause=no such file");
  }

  @Test
  void shouldFindADeadAnchorInAnotherPage() throws IOException {
    assertThat(deadLinksOf("[anchor](docs/target.md#gone)"))
        .containsExactly("README.md:1 link=docs/target.md#gone cause=no such anchor");
  }

  @Test
  void shouldFindADeadAnchorInThePageItself() throws IOException {
    assertThat(deadLinksOf("# Here\n\n[anchor](#there)"))
        .containsExactly("README.md:3 link=#there cause=no such anchor");
  }

  @Test
  void shouldFindADeadPicture() throws IOException {
    assertThat(deadLinksOf("![picture](docs/pictures/gone.svg)"))
        .containsExactly("README.md:1 link=docs/pictures/gone.svg cause=no such file");
  }

  @Test
  void shouldFindDeadLinksInTablesReferencesAndHtml() throws IOException {
    assertThat(
            deadLinksOf(
                """
                | a | b |
                |---|---|
                | c | [d](docs/gone-1.md) |

                [name] and <img src="docs/gone-3.png">

                [name]: docs/gone-2.md
                """))
        .containsExactly(
            "README.md:3 link=docs/gone-1.md cause=no such file",
            "README.md:5 link=docs/gone-2.md cause=no such file",
            "README.md:5 link=docs/gone-3.png cause=no such file");
  }

  @Test
  void shouldTakeNoLineOfCodeForAHeading() throws IOException {
    assertThat(deadLinksOf("[code](docs/target.md#no-heading)"))
        .containsExactly("README.md:1 link=docs/target.md#no-heading cause=no such anchor");
  }

  @Test
  void shouldFindLinksThatOnlyTheWritersMachineHas() throws IOException {
    Files.createDirectories(project.resolve("site/target"));
    Files.writeString(project.resolve("site/target/index.html"), "");

    assertThat(
            deadLinksOf("[a](/docs/target.md) [b](../other/page.md) [c](site/target/index.html)"))
        .containsExactly(
            "README.md:1 link=/docs/target.md cause=absolute path",
            "README.md:1 link=../other/page.md cause=outside the project",
            "README.md:1 link=site/target/index.html cause=made by the build");
  }

  private List<String> deadLinksOf(String readme) throws IOException {
    Path page = Files.writeString(project.resolve("README.md"), readme);
    return new LinkCheck(project).deadLinks(List.of(page));
  }
}

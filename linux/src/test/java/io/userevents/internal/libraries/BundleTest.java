// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BundleTest {

  @Test
  void shouldReadTheVersionOfAnArtifact() throws Exception {
    byte[] resource = "agrona=1.23.1\njna=5.19.1\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(Bundle.versionOf("jna", new ByteArrayInputStream(resource))).isEqualTo("5.19.1");
    assertThat(Bundle.versionOf("disruptor", new ByteArrayInputStream(resource))).isNull();
  }

  @Test
  void shouldHaveNoneOfALibraryWithAnArchiveForItself() {
    assertThat(Library.AGRONA.isBundled()).isFalse();
    assertThat(Library.AGRONA.found()).matches("\\d+\\.\\d+\\.\\d+ \\(agrona-[0-9.]+\\.jar\\)");
  }
}

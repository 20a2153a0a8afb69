// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RowPrinterTest {

  private final StringWriter out = new StringWriter();
  private final RowPrinter rows = new RowPrinter(new PrintWriter(out));

  @Test
  void shouldAlignColumnsAndGrowThem() {
    rows.begin();
    rows.print(new PointRow("m", "long gauge", "k=v", "1", "s"));
    rows.print(new PointRow("m".repeat(70), "long gauge", "k=v", "1", "s"));
    rows.print(new PointRow("m", "long gauge", "", "1", ""));

    List<String> lines = out.toString().lines().toList();
    assertThat(lines.get(1).indexOf("long gauge")).isEqualTo(lines.get(0).indexOf("TYPE"));
    assertThat(lines.get(1).indexOf("k=v")).isEqualTo(lines.get(0).indexOf("ATTRIBUTES"));
    assertThat(lines.get(1)).endsWith("  s");
    assertThat(lines.get(2).indexOf("long gauge")).isEqualTo(72);
    assertThat(lines.get(3).indexOf("long gauge")).isEqualTo(72);
    assertThat(lines.get(3)).endsWith("  1");
  }
}

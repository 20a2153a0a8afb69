// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class JsonTest {

  @Test
  void shouldNestObjectsAndArrays() {
    Json json = new Json().begin().name("a").value(1).name("b").beginArray();
    json.begin().name("c").value(true).end().value("x").value(0.5).endArray();

    assertThat(json.name("d").begin().end().end())
        .hasToString("{\"a\":1,\"b\":[{\"c\":true},\"x\",0.5],\"d\":{}}");
  }

  @Test
  void shouldEscapeWhatIsNotPlainAscii() {
    assertThat(new Json().value("\"\\\n\u001bä\ud83d\ude00"))
        .hasToString("\"\\\"\\\\\\u000a\\u001b\\u00e4\\ud83d\\ude00\"");
  }

  @Test
  void shouldWriteNumbersThatJsonLacksAsText() {
    assertThat(new Json().beginArray().value(Double.NaN).value(Double.NEGATIVE_INFINITY).endArray())
        .hasToString("[\"NaN\",\"-Infinity\"]");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {

  @Test
  void shouldReadAListOfHeaders() throws Exception {
    assertThat(
            HeaderRules.parseList(
                "S", "api-key=abc, Authorization = Basic%20dXNlcjpw+==,,x=1%2B%2C"))
        .isEqualTo(Map.of("api-key", "abc", "Authorization", "Basic dXNlcjpw+==", "x", "1+,"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=|''",
        "a=b=c|b=c",
        "a=b;c=d|b;c=d",
        "a=1,a=2|2",
        "a=%41%62|Ab",
        "a=%25|%",
        "a=\"q\"|\"q\"",
      })
  void shouldReadAValue(String list, String value) throws Exception {
    assertThat(HeaderRules.parseList("S", list)).isEqualTo(Map.of("a", value));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "secret|entry 1 has no equals sign",
        "a=1,secret|entry 2 has no equals sign",
        "a b=secret|names of letters",
        "=secret|names of letters",
        "ä=secret|names of letters",
        "a=secret%|two hexadecimal digits",
        "a=secret%2|two hexadecimal digits",
        "a=secret%zz|two hexadecimal digits",
        "a=secret%0d%0aEvil: 1|printable ASCII",
        "a=secret%C3%A4|printable ASCII",
        "a=secret%FF|UTF-8",
        "Content-Type=secret|the sender sets",
        "content-encoding=secret|the sender sets",
        "Content-Length=secret|the sender sets",
        "HOST=secret|the sender sets",
        "Connection=secret|the sender sets",
        "Expect=secret|the sender sets",
        "Transfer-Encoding=secret|the sender sets",
        "Upgrade=secret|the sender sets",
      })
  void shouldNameTheSettingButNeverTheValue(String list, String why) {
    assertThatThrownBy(() -> HeaderRules.parseList("OTEL_EXPORTER_OTLP_HEADERS", list))
        .isInstanceOf(EndpointException.class)
        .hasMessageStartingWith("OTEL_EXPORTER_OTLP_HEADERS")
        .hasMessageContaining(why)
        .message()
        .doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\rb", "a\u0000b", "\u007f", "€"})
  void shouldRefuseSuchValuesOfOptionsToo(String value) {
    assertThatThrownBy(() -> EndpointSettings.builder().addHeader("a", value).build())
        .isInstanceOf(EndpointException.class)
        .hasMessageContaining("name=a");
  }

  @Test
  void shouldTakeAllHeadersThatTheClientTakes() throws Exception {
    OtlpEndpoint.create(
            EndpointSettings.builder()
                .addHeader("!#$%&'*+-.^_`|~09azAZ", "\t !~")
                .addHeader("Authorization", "Bearer x")
                .addHeader("User-Agent", "mine")
                .addHeader("Date", "x")
                .addHeader("Via", "x")
                .addHeader("Origin", "x")
                .addHeader("Referer", "x")
                .addHeader("Warning", "x")
                .addHeader("Empty", "")
                .build())
        .close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PassedDescriptorsTest {

  private static final long PID = 4711;

  @ParameterizedTest
  @CsvSource({
    "user_events_data,                     1, 3",
    "http:user_events_data,                2, 4",
    "http::user_events_data:other,         4, 5",
    "user_events_data:user_events_data,    2, 3",
    "user_events_data:connection,          1, 3",
  })
  void shouldFindTheFirstDescriptorOfTheName(String names, String count, int descriptor) {
    assertThat(find(environment("4711", count, names)))
        .isEqualTo(new PassedDescriptors(descriptor, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "http", "user_events_data2", "USER_EVENTS_DATA"})
  void shouldFindNothingWhenNoDescriptorHasTheName(String names) {
    assertThat(find(environment("4711", "2", names)))
        .isEqualTo(new PassedDescriptors(PassedDescriptors.NONE, ""));
  }

  @Test
  void shouldFindNothingInAnEmptyEnvironment() {
    assertThat(find(Map.of())).isEqualTo(new PassedDescriptors(PassedDescriptors.NONE, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "04711", "self"})
  void shouldSayThatTheDescriptorsAreOfAnotherProcess(String listenPid) {
    PassedDescriptors found = find(environment(listenPid, "1", "user_events_data"));

    assertThat(found.number()).isEqualTo(PassedDescriptors.NONE);
    assertThat(found.obstacle())
        .contains("LISTEN_PID=" + listenPid + " is not this process, pid=4711")
        .contains("with exec");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "1", "-1", "two", "99999999999"})
  void shouldSayThatThereAreFewerDescriptorsThanNames(String count) {
    PassedDescriptors found = find(environment("4711", count, "http:user_events_data"));

    assertThat(found.number()).isEqualTo(PassedDescriptors.NONE);
    assertThat(found.obstacle())
        .contains("LISTEN_FDS=" + count + " ")
        .contains("LISTEN_FDNAMES=http:user_events_data");
  }

  @Test
  void shouldSayThatThePartsOfTheConventionAreMissing() {
    Map<String, String> environment = new HashMap<>();
    environment.put("LISTEN_FDNAMES", "user_events_data");

    assertThat(find(environment).obstacle()).contains("LISTEN_PID= ");
  }

  private static PassedDescriptors find(Map<String, String> environment) {
    return PassedDescriptors.find("user_events_data", environment, PID);
  }

  private static Map<String, String> environment(String pid, String count, String names) {
    return Map.of("LISTEN_PID", pid, "LISTEN_FDS", count, "LISTEN_FDNAMES", names);
  }
}

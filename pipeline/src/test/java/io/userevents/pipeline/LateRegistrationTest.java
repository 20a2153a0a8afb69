// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.RegistrationFailures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class LateRegistrationTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  @Test
  void shouldWriteOnceRegistrationSucceedsWithoutARestart() throws Exception {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    tracepoint.enabled = false;
    tracepoint.failRegistration(RegistrationFailures.of(Errno.EACCES));
    RecordPipeline pipeline = pipelines.start(tracepoint);
    assertThat(publish(pipeline, "early")).isFalse();

    tracepoint.enabled = true;
    // Not before it is registered.
    while (!pipeline.isAttached()) {
      Thread.sleep(5);
    }
    assertThat(tracepoint.registrations).hasValue(2);
    assertThat(publish(pipeline, "late")).isTrue();
    flush(pipeline);

    assertThat(tracepoint.texts()).containsExactly("late");
    assertThat(pipelines.log().warnings()).hasSize(1);
  }

  @Test
  void shouldStartAndCloseWhenRegistrationFails() {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    tracepoint.enabled = false;
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));

    RecordPipeline pipeline = pipelines.start(tracepoint);
    pipeline.close();

    assertThat(pipelines.log().warnings()).singleElement().asString().contains("ENOENT");
  }

  @Test
  void shouldHaveTriedToRegisterWhenItIsBuilt() {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();

    pipelines.start(tracepoint);

    assertThat(tracepoint.registrations).hasValue(1);
  }
}

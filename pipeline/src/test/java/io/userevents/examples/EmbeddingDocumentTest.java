// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.pipeline.OutcomeListener;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.PublishResult;
import io.userevents.pipeline.RecordClaim;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the code of {@code docs/embedding.md} that is in no example. */
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class EmbeddingDocumentTest {

  private static final Path SOURCE =
      Path.of("src/test/java/io/userevents/examples/EmbeddingDocumentTest.java");
  private static final Path DOC = Path.of("../docs/embedding.md");
  private static final Pattern ARTIFACT =
      Pattern.compile("`io\\.userevents:opentelemetry-exporter-user-events:([^`]+)`");
  private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

  /** Writes a record of a service. */
  @FunctionalInterface
  private interface Encoder {
    int encode(MutableDirectBuffer target, int offset);
  }

  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("orders");
  private final MutableDirectBuffer buffer = new UnsafeBuffer(new byte[16]);
  private final Encoder encoder =
      (target, offset) -> target.putStringWithoutLengthAscii(offset, "fill");
  private RecordPipeline pipeline;
  private long missed;

  @BeforeEach
  void setUp() {
    attach();
  }

  private void attach() {
    tracepoint.attach(event -> received.write(event, 0, event.length));
    pipeline = RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(4).build();
  }

  @AfterEach
  void shouldHaveAnOutcomeForEachRecord() {
    pipeline.close();
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.outcomes()).isEqualTo(statistics.offered());
  }

  @Test
  void shouldPublish() {
    publish();

    pipeline.close();
    assertThat(received()).isEqualTo("fill");
    assertThat(missed).isZero();
  }

  @Test
  void shouldPublishWithADeadline() {
    buffer.putStringWithoutLengthAscii(0, "fill");
    AtomicLong told = new AtomicLong();
    int[] lengths = new int[100];
    Arrays.fill(lengths, 4);

    publishWithADeadline(lengths, (tag, outcome, errno) -> told.addAndGet(tag), 7);

    pipeline.close();
    assertThat(received()).isEqualTo("fill".repeat(100));
    assertThat(told).hasValue(700);
  }

  @Test
  void shouldPublishSeveralAtOnce() {
    buffer.putStringWithoutLengthAscii(0, "fillquote");

    PublishResult result =
        publishSeveral(new int[] {4, 0}, new int[] {5, 4}, 2, 0, (tag, outcome, errno) -> {}, 0);

    pipeline.close();
    assertThat(result).isEqualTo(PublishResult.ACCEPTED);
    assertThat(received()).isEqualTo("quotefill");
  }

  @Test
  void shouldWriteIntoAClaim() {
    claim(4);

    pipeline.close();
    assertThat(received()).isEqualTo("fill");
  }

  @ParameterizedTest
  @ValueSource(strings = {"attach", "publish", "publishWithADeadline", "publishSeveral", "claim"})
  void shouldBeTheCodeOfTheDocumentation(String method) throws Exception {
    String body = body(method, Files.readString(SOURCE));

    assertThat(Files.readString(DOC)).contains("```java\n" + body + "```");
  }

  @Test
  void shouldNameTheVersionThatTheReadmeNames() throws Exception {
    Matcher readme = ARTIFACT.matcher(Files.readString(Path.of("../README.md")));
    assertThat(readme.find()).isTrue();

    assertThat(VERSION.matcher(Files.readString(DOC)).results().map(found -> found.group(1)))
        .containsExactly(readme.group(1));
  }

  private void publish() {
    if (pipeline.isAttached()) {
      int length = encoder.encode(buffer, 0);
      PublishResult result = pipeline.publish(buffer, 0, length);
      if (result == PublishResult.FULL) {
        missed++;
      }
    }
  }

  private void publishWithADeadline(int[] lengths, OutcomeListener listener, long tag) {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    for (int length : lengths) {
      pipeline.publish(buffer, 0, length, 0, listener, tag, deadlineNs);
    }
  }

  private PublishResult publishSeveral(
      int[] offsets, int[] lengths, int count, int priority, OutcomeListener listener, long tag) {
    PublishResult result =
        pipeline.publish(buffer, offsets, lengths, count, priority, listener, tag);
    return result;
  }

  private void claim(int length) {
    try (RecordClaim claim = pipeline.tryClaim(length)) {
      if (claim.isOpen()) {
        encoder.encode(claim.buffer(), 0);
        claim.commit();
      }
    }
  }

  private String received() {
    return received.toString(StandardCharsets.US_ASCII);
  }

  /** Returns the body of a method, without its margin and its return statement. */
  private static String body(String method, String source) {
    Matcher declaration =
        Pattern.compile(
                "\n  private \\w+ " + method + "\\([^{]*\\{\n(.*?)\n  \\}\n", Pattern.DOTALL)
            .matcher(source);
    assertThat(declaration.find()).as(method).isTrue();
    List<String> lines = declaration.group(1).stripIndent().lines().toList();
    return String.join("\n", lines.stream().filter(line -> !line.startsWith("return")).toList())
        + "\n";
  }
}

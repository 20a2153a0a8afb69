// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static io.userevents.agent.Forwarders.assertBalanced;
import static io.userevents.agent.Forwarders.await;
import static io.userevents.agent.Forwarders.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.ReceivedRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent without a kernel: events of a test, a real endpoint and a real disk. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForwarderTest {

  private static final int PID = (int) ProcessHandle.current().pid();
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int EVENTS = 200;
  private static final int POINTS = 10;

  @TempDir private Path folder;

  private final ScriptedSource source = new ScriptedSource();
  private OtlpReceiver receiver;

  @BeforeEach
  void setUp() throws IOException {
    receiver = OtlpReceiver.start();
  }

  @AfterEach
  void tearDown() throws IOException {
    receiver.close();
  }

  @Test
  void shouldSendEachPointOnceAndInOrder() throws Exception {
    try (Forwarder forwarder = builder().start(() -> source)) {
      write("a", 0, EVENTS);
      receiver.awaitAcceptedPoints(EVENTS * POINTS);

      forwarder.close(LONG);

      assertThat(numbers("a")).isEqualTo(range(0, EVENTS * POINTS));
      assertThat(receiver.acceptedRequests()).isLessThan(EVENTS);
      ForwarderStatistics statistics = forwarder.statistics();
      assertThat(statistics.received()).isEqualTo(EVENTS);
      assertThat(statistics.events(Outcome.SENT)).isEqualTo(EVENTS);
      assertBalanced(statistics);
    }
    assertThat(source.isClosed()).isTrue();
  }

  @Test
  void shouldSendEventsOfSeveralCpusInTheOrderOfTheirTimes() throws Exception {
    Forwarder forwarder = builder().start(() -> source);
    // As one read finds them if the writer has moved from the second CPU to the first.
    source.writeBetweenReads(
        () -> {
          source.write(Payloads.event("a", 1, 1), 200, PID);
          source.write(Payloads.event("a", 2, 1), 300, PID);
          source.write(Payloads.event("a", 0, 1), 100, PID);
        });

    receiver.awaitAcceptedPoints(3);
    forwarder.close(LONG);

    assertThat(numbers("a")).containsExactly(0L, 1L, 2L);
  }

  @Test
  void shouldSayWhoWroteAnEventUnlessThatIsSwitchedOff() throws Exception {
    sendOne(builder().setHostName("node-7"));
    sendOne(builder().setAttribution(false));

    assertThat(attributes(receiver.accepted().get(0).content()))
        .contains("user_events.process.pid=" + PID, "user_events.host.name=node-7");
    assertThat(attributes(receiver.accepted().get(1).content())).containsExactly("service.name=a");
  }

  @Test
  void shouldSendWhatIsLeftWhenItEnds() throws Exception {
    Forwarder forwarder = builder().setBatchDelay(Duration.ofHours(1)).start(() -> source);
    write("a", 0, EVENTS);

    forwarder.close(LONG);

    assertThat(numbers("a")).isEqualTo(range(0, EVENTS * POINTS));
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldSpoolWhileTheEndpointIsAwayAndSendAllInOrderLater() throws Exception {
    int port = receiver.port();
    receiver.close();
    Forwarder forwarder = builder().setSpool(folder.resolve("spool")).start(() -> source);
    write("a", 0, EVENTS);
    await(() -> forwarder.statistics().events(Outcome.IN_SPOOL) == EVENTS);
    assertThat(forwarder.statistics().isEndpointUp()).isFalse();
    assertBalanced(forwarder.statistics());

    receiver = OtlpReceiver.start(port);
    write("a", EVENTS, EVENTS);
    receiver.awaitAcceptedPoints(2 * EVENTS * POINTS);
    forwarder.close(LONG);

    assertThat(numbers("a")).isEqualTo(range(0, 2 * EVENTS * POINTS));
    ForwarderStatistics statistics = forwarder.statistics();
    assertThat(statistics.events(Outcome.SENT)).isEqualTo(2 * EVENTS);
    assertThat(statistics.requestsRetried()).isPositive();
    assertThat(statistics.isEndpointUp()).isTrue();
    assertBalanced(statistics);
  }

  @Test
  void shouldSendWhatAnAgentBeforeItHasSpooled() throws Exception {
    receiver.setDefault(Behaviour.status(503, "away"));
    Forwarder first = builder().setSpool(folder).start(() -> source);
    write("a", 0, EVENTS);
    await(source::isRead);
    first.close(Duration.ZERO);
    assertThat(first.statistics().events(Outcome.IN_SPOOL)).isEqualTo(EVENTS);
    assertBalanced(first.statistics());

    receiver.setDefault(Behaviour.ok());
    ScriptedSource next = new ScriptedSource();
    try (Forwarder second = builder().setSpool(folder).start(() -> next)) {
      receiver.awaitAcceptedPoints(EVENTS * POINTS);
      await(() -> second.statistics().events(Outcome.SENT) == EVENTS);
      assertThat(second.statistics().recovered()).isEqualTo(EVENTS);
      assertBalanced(second.statistics());
    }
    assertThat(numbers("a")).isEqualTo(range(0, EVENTS * POINTS));
  }

  @Test
  void shouldSendTheBatchUnderWayAtItsEndBeforeThoseThatWereSpooledMeanwhile() throws Exception {
    receiver.setDefault(Behaviour.hang());
    Forwarder first = builderThatSpoolsEarly().start(() -> source);
    int events = writeUntilSpooled(first);
    assertThat(first.statistics().events(Outcome.IN_SPOOL)).isLessThan(events);

    first.close(Duration.ZERO);

    assertThat(first.statistics().events(Outcome.IN_SPOOL)).isEqualTo(events);
    assertBalanced(first.statistics());
    receiver.setDefault(Behaviour.ok());
    try (Forwarder second = builder().setSpool(folder).start(ScriptedSource::new)) {
      await(() -> second.statistics().events(Outcome.SENT) == events);
      assertThat(second.statistics().recovered()).isEqualTo(events);
    }
    assertThat(numbers("a")).isEqualTo(range(0, (long) events * POINTS));
  }

  @Test
  void shouldSpoolTheBatchThatFailsBeforeThoseThatWereSpooledMeanwhile() throws Exception {
    CountDownLatch mayFail = new CountDownLatch(1);
    receiver.setDefault(
        conversation -> {
          conversation.readBody();
          while (mayFail.getCount() > 0) {
            conversation.pause(5);
          }
          Behaviour.status(503, "away").handle(conversation);
        });
    Forwarder forwarder = builderThatSpoolsEarly().start(() -> source);
    int events = writeUntilSpooled(forwarder);
    mayFail.countDown();

    await(() -> forwarder.statistics().events(Outcome.IN_SPOOL) == events);
    await(() -> forwarder.statistics().memoryBytes() == 0);
    receiver.setDefault(Behaviour.ok());
    await(() -> forwarder.statistics().events(Outcome.SENT) == events);
    forwarder.close(LONG);

    assertThat(numbers("a")).isEqualTo(range(0, (long) events * POINTS));
  }

  @Test
  void shouldSpoolTheBatchUnderWayAtItsEndBehindTheOthersIfItFindsNoPlaceInFront()
      throws Exception {
    // The name that the batch would have.
    Files.createDirectory(folder.resolve("00000000000000000000.spool"));
    receiver.setDefault(Behaviour.hang());
    Forwarder first = builderThatSpoolsEarly().start(() -> source);
    int events = writeUntilSpooled(first);

    first.close(Duration.ZERO);

    assertThat(first.statistics().events(Outcome.IN_SPOOL)).isEqualTo(events);
    receiver.setDefault(Behaviour.ok());
    try (Forwarder second = builder().setSpool(folder).start(ScriptedSource::new)) {
      await(() -> second.statistics().events(Outcome.SENT) == events);
    }
    assertThat(numbers("a")).containsExactlyInAnyOrderElementsOf(range(0, (long) events * POINTS));
    assertThat(numbers("a").get(0)).isPositive();
  }

  private ForwarderBuilder builderThatSpoolsEarly() {
    return builder()
        .setBatchBytes(128 << 10)
        .setMemoryBytes(8 * Batch.memoryBytes(128 << 10))
        .setSpool(folder);
  }

  /** Writes until a request is under way and memory is so full that the spool takes the rest. */
  private int writeUntilSpooled(Forwarder forwarder) throws Exception {
    write("a", 0, 1);
    receiver.awaitRequests(1);
    int events = 1;
    while (forwarder.statistics().events(Outcome.IN_SPOOL) == 0) {
      write("a", events, EVENTS);
      events += EVENTS;
      int written = events;
      await(() -> forwarder.statistics().received() == written);
      // The dispatcher makes room for the reader, which drops nothing then.
      await(() -> forwarder.statistics().memoryBytes() <= 4 * Batch.memoryBytes(128 << 10));
    }
    return events;
  }

  @Test
  void shouldLoseTheOneEventThatTheEndpointRefuses() throws Exception {
    receiver.setDefault(refusing("poison"));
    Forwarder forwarder = builder().setBatchDelay(Duration.ofHours(1)).start(() -> source);
    write("a", 0, 50);
    source.write(Payloads.event("bad", "poison", 0, 1), PID);
    write("a", 50, 50);

    forwarder.close(LONG);

    assertThat(numbers("a")).isEqualTo(range(0, 100 * POINTS));
    ForwarderStatistics statistics = forwarder.statistics();
    assertThat(statistics.events(Outcome.REFUSED)).isEqualTo(1);
    assertThat(statistics.events(Outcome.SENT)).isEqualTo(100);
    assertBalanced(statistics);
  }

  @Test
  void shouldLoseTheOneEventOfTheSpoolThatTheEndpointRefuses() throws Exception {
    receiver.setDefault(Behaviour.status(503, "away"));
    Forwarder forwarder = builder().setSpool(folder).start(() -> source);
    write("a", 0, 50);
    source.write(Payloads.event("bad", "poison", 0, 1), PID);
    write("a", 50, 50);
    await(() -> forwarder.statistics().events(Outcome.IN_SPOOL) == 101);

    receiver.setDefault(refusing("poison"));
    receiver.awaitAcceptedPoints(100 * POINTS);
    await(() -> forwarder.statistics().events(Outcome.IN_SPOOL) == 0);
    forwarder.close(LONG);

    assertThat(numbers("a")).isEqualTo(range(0, 100 * POINTS));
    assertThat(forwarder.statistics().events(Outcome.REFUSED)).isEqualTo(1);
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldNotAskForEachEventAnEndpointThatRefusesAll() throws Exception {
    receiver.setDefault(Behaviour.status(400, "no"));
    Forwarder forwarder =
        builder().setAttribution(false).setBatchDelay(Duration.ofHours(1)).start(() -> source);
    write("a", 0, 5 * EVENTS);

    forwarder.close(LONG);

    assertThat(receiver.requestCount()).isEqualTo(Delivery.MAX_REFUSALS + 1);
    assertThat(forwarder.statistics().events(Outcome.REFUSED)).isEqualTo(5 * EVENTS);
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldLeaveOutAnEventThatParsersRefuseAndSendTheOthers() throws Exception {
    Forwarder forwarder = builder().setBatchDelay(Duration.ofHours(1)).start(() -> source);
    write("a", 0, 1);
    source.write(Payloads.malformed(), PID);
    source.write(new byte[0], PID);
    write("a", 1, 1);

    forwarder.close(LONG);

    assertThat(numbers("a")).isEqualTo(range(0, 2 * POINTS));
    assertThat(receiver.requestCount()).isEqualTo(1);
    assertThat(forwarder.statistics().events(Outcome.MALFORMED)).isEqualTo(2);
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldHalveABatchThatIsTooLargeForTheEndpoint() throws Exception {
    int limit = 8 * Payloads.event("a", 0, POINTS).length;
    receiver.setDefault(
        conversation -> {
          if (Integer.parseInt(conversation.headers().getOrDefault("content-length", "0"))
              > limit) {
            Behaviour.status(413, "too large").handle(conversation);
          } else {
            Behaviour.ok().handle(conversation);
          }
        });
    Forwarder forwarder =
        builder().setAttribution(false).setBatchDelay(Duration.ofHours(1)).start(() -> source);
    write("a", 0, 50);
    source.write(Payloads.event("a", 0, 100 * POINTS), PID);

    forwarder.close(LONG);

    assertThat(numbers("a")).isEqualTo(range(0, 50 * POINTS));
    assertThat(forwarder.statistics().events(Outcome.TOO_LARGE)).isEqualTo(1);
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldDropWhatTheEndpointRefusesForGood() throws Exception {
    receiver.setDefault(Behaviour.status(401, "who are you"));
    Forwarder forwarder = builder().start(() -> source);
    write("a", 0, EVENTS);
    await(() -> forwarder.statistics().events(Outcome.REFUSED) == EVENTS);

    forwarder.close(LONG);

    assertThat(forwarder.statistics().requestsRefused())
        .isEqualTo(receiver.requestCount())
        .isLessThan(EVENTS);
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldCountPointsThatTheEndpointRejected() throws Exception {
    receiver.setDefault(Behaviour.partialSuccess(3, "too old"));
    Forwarder forwarder = builder().setBatchDelay(Duration.ofHours(1)).start(() -> source);
    write("a", 0, 1);

    forwarder.close(LONG);

    assertThat(forwarder.statistics().pointsRejected()).isEqualTo(3);
    assertThat(forwarder.statistics().events(Outcome.SENT)).isEqualTo(1);
  }

  @Test
  void shouldWaitAsLongAsTheEndpointAsks() throws Exception {
    AtomicLong answeredNs = new AtomicLong();
    receiver.script(
        conversation -> {
          conversation.readBody();
          answeredNs.set(System.nanoTime());
          Behaviour.retryLater(429, "3").handle(conversation);
        });
    Forwarder forwarder = builder().setSpool(folder).start(() -> source);
    write("a", 0, 1);
    receiver.awaitAcceptedPoints(POINTS);

    assertThat(System.nanoTime() - answeredNs.get()).isGreaterThan(TimeUnit.SECONDS.toNanos(3));
    forwarder.close(LONG);
    assertThat(numbers("a")).isEqualTo(range(0, POINTS));
    assertThat(receiver.requestCount()).isEqualTo(2);
  }

  @Test
  void shouldKeepTheNewestInMemoryWithoutASpool() throws Exception {
    receiver.setDefault(Behaviour.status(503, "away"));
    Forwarder forwarder =
        builder()
            .setBatchBytes(128 << 10)
            .setMemoryBytes(6 * Batch.memoryBytes(128 << 10))
            .start(() -> source);
    int events = 0;
    while (forwarder.statistics().events(Outcome.MEMORY_FULL) == 0) {
      write("a", events, EVENTS);
      events += EVENTS;
      int written = events;
      await(() -> forwarder.statistics().received() == written);
      // The dispatcher makes room for the reader, which drops nothing then.
      await(() -> forwarder.statistics().memoryBytes() <= 2 * Batch.memoryBytes(128 << 10));
    }
    assertBalanced(forwarder.statistics());
    int last = events;
    write("a", last, 1);
    await(() -> forwarder.statistics().received() == last + 1);
    receiver.setDefault(Behaviour.ok());
    await(() -> forwarder.statistics().events(Outcome.IN_MEMORY) == 0);
    forwarder.close(LONG);

    List<Long> numbers = numbers("a");
    assertThat(numbers.get(numbers.size() - 1)).isEqualTo((last + 1L) * POINTS - 1);
    assertThat(numbers).isSorted().doesNotHaveDuplicates();
    assertThat(numbers.size()).isLessThan((last + 1) * POINTS);
    ForwarderStatistics statistics = forwarder.statistics();
    assertThat(statistics.events(Outcome.MEMORY_FULL) + statistics.events(Outcome.SENT))
        .isEqualTo(last + 1);
    assertBalanced(statistics);
  }

  @Test
  void shouldReadOnWhileTheEndpointHangs() throws Exception {
    receiver.setDefault(Behaviour.hang());
    Forwarder forwarder =
        builder()
            .setBatchBytes(128 << 10)
            .setMemoryBytes(6 * Batch.memoryBytes(128 << 10))
            .setTimeout(LONG)
            .start(() -> source);
    write("a", 0, 1);
    receiver.awaitRequests(1);
    for (int i = 0; i < 20; i++) {
      write("a", 0, EVENTS);
      await(source::isRead);
    }
    await(() -> forwarder.statistics().received() == 1 + 20 * EVENTS);
    assertThat(receiver.requestCount()).isEqualTo(1);
    assertThat(forwarder.statistics().events(Outcome.MEMORY_FULL)).isPositive();

    forwarder.close(Duration.ZERO);

    assertThat(forwarder.statistics().events(Outcome.SHUTDOWN)).isPositive();
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldCountWhatItCouldNotSendBeforeItsEnd() throws Exception {
    receiver.close();
    Forwarder forwarder = builder().start(() -> source);
    write("a", 0, EVENTS);
    await(source::isRead);

    forwarder.close(Duration.ZERO);

    assertThat(forwarder.statistics().events(Outcome.SHUTDOWN)).isEqualTo(EVENTS);
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldFilterByProcessAndByMetric() throws Exception {
    Forwarder forwarder =
        builder()
            .addPid(PID)
            .addMetricPrefix("test.")
            .setBatchDelay(Duration.ofHours(1))
            .start(() -> source);
    source.write(Payloads.event("a", 0, 1), PID);
    source.write(Payloads.event("b", 0, 1), 1);
    source.write(Payloads.event("c", "other", 0, 1), PID);
    source.write(new byte[] {0x0B}, PID);

    forwarder.close(LONG);

    assertThat(receiver.acceptedPoints()).isEqualTo(1);
    assertThat(numbers("a")).containsExactly(0L);
    ForwarderStatistics statistics = forwarder.statistics();
    assertThat(statistics.events(Outcome.FILTERED)).isEqualTo(2);
    assertThat(statistics.filteredMetrics()).isEqualTo(1);
    assertThat(statistics.events(Outcome.MALFORMED)).isEqualTo(1);
    assertBalanced(statistics);
  }

  @Test
  void shouldTellItsHealth() throws Exception {
    Forwarder forwarder =
        builder()
            .setHealthAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .start(() -> source);
    write("a", 0, EVENTS);
    receiver.awaitAcceptedPoints(EVENTS * POINTS);
    await(() -> forwarder.statistics().events(Outcome.SENT) == EVENTS);
    String url = "http:/" + forwarder.healthAddress().orElseThrow();

    assertThat(get(url + "/ready").body()).isEqualTo("ok\n");
    assertThat(get(url + "/live").body()).isEqualTo("ok\n");
    HttpResponse<String> metrics = get(url + "/metrics");
    assertThat(metrics.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
    assertThat(metrics.body())
        .contains("user_events_agent_events_received_total " + EVENTS + ".0\n")
        .contains("user_events_agent_events_sent_total " + EVENTS + ".0\n")
        .contains("user_events_agent_events_dropped_total{error_type=\"spool_full\"} 0.0\n")
        .contains("user_events_agent_events_pending{user_events_agent_queue=\"memory\"} 0.0\n")
        .contains("user_events_agent_endpoint_up 1.0\n");
    assertThat(valueOf("process_start_time_seconds", metrics.body()))
        .isEqualTo(ManagementFactory.getRuntimeMXBean().getStartTime() / 1_000);
    forwarder.close(LONG);
  }

  @Test
  void shouldNotSayThatTheEndpointIsUpBeforeTheFirstRequest() throws Exception {
    receiver.close();
    Forwarder forwarder =
        builder()
            .setHealthAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .start(() -> source);
    String url = "http:/" + forwarder.healthAddress().orElseThrow() + "/metrics";

    assertThat(get(url).body())
        .contains("user_events_agent_last_sent_timestamp_seconds 0.0\n")
        .doesNotContain("user_events_agent_endpoint_up");
    write("a", 0, EVENTS);
    await(() -> forwarder.statistics().isEndpointKnown());
    assertThat(get(url).body()).contains("user_events_agent_endpoint_up 0.0\n");
    forwarder.close(Duration.ZERO);
  }

  /** Prometheus writes numbers as doubles. */
  private static long valueOf(String metric, String text) {
    String line = text.lines().filter(each -> each.startsWith(metric + " ")).findFirst().orElse("");
    return (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1));
  }

  @Test
  void shouldSayThatTheAddressOfItsHealthIsTaken() {
    InetSocketAddress taken =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), receiver.port());

    assertThatThrownBy(() -> builder().setHealthAddress(taken).start(() -> source))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Integer.toString(receiver.port()))
        .hasMessageContaining("take another");
    assertThat(source.isClosed()).isTrue();
  }

  @Test
  void shouldSendMetricsOfItself() throws Exception {
    Forwarder forwarder =
        builder().setSelfMetricsInterval(Duration.ofMillis(1)).start(() -> source);
    await(() -> receiver.acceptedRequests() > 0);
    forwarder.close(LONG);

    ExportMetricsServiceRequest report = receiver.accepted().get(0).content();
    assertThat(attributes(report))
        .contains("service.name=user-events-agent")
        .anyMatch(each -> each.matches("service.instance.id=[0-9a-f]{8}-[0-9a-f-]{27}"));
    assertThat(report.getResourceMetrics(0).getScopeMetrics(0).getMetricsList())
        .extracting(Metric::getName)
        .contains("user_events.agent.events.received", "user_events.agent.events.dropped")
        .doesNotHaveDuplicates();
    assertThat(forwarder.statistics().received()).isZero();
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldBeBalancedAtAnyMoment() throws Exception {
    Forwarder forwarder = builder().setSpool(folder).start(() -> source);
    receiver.script(Behaviour.ok(), Behaviour.status(503, ""), Behaviour.closeBeforeResponse());
    for (int i = 0; i < 50; i++) {
      write("a", i * 20L, 20);
      assertBalanced(forwarder.statistics());
    }
    await(() -> forwarder.statistics().events(Outcome.SENT) == 1000);
    forwarder.close(LONG);
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldRefuseTheSpoolOfAnotherAgentAndLeaveNothingBehind() throws Exception {
    Forwarder first = builder().setSpool(folder).start(() -> source);
    ScriptedSource other = new ScriptedSource();

    assertThatThrownBy(() -> builder().setSpool(folder).start(() -> other))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder.toString());

    first.close(LONG);
    builder().setSpool(folder).start(() -> other).close(LONG);
  }

  @Test
  void shouldRefuseMemoryThatIsTooSmallForItsBatches() {
    assertThatThrownBy(() -> builder().setMemoryBytes(1 << 20).start(() -> source))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("memoryBytes=1048576")
        .hasMessageContaining("batchBytes=1048576");
  }

  private static Behaviour refusing(String metric) {
    return conversation -> {
      String body = new String(conversation.readBody(), StandardCharsets.ISO_8859_1);
      Behaviour behaviour = body.contains(metric) ? Behaviour.status(400, "no") : Behaviour.ok();
      behaviour.handle(conversation);
    };
  }

  private ForwarderBuilder builder() {
    return Forwarder.builder("otlp_metrics")
        .setEndpoint(receiver.uri().toString())
        .setBatchDelay(Duration.ofMillis(20))
        // A request whose answer comes too late on a busy machine would be sent twice.
        .setTimeout(LONG)
        .setSelfMetricsInterval(Duration.ZERO);
  }

  private void sendOne(ForwarderBuilder builder) throws Exception {
    ScriptedSource one = new ScriptedSource();
    Forwarder forwarder = builder.start(() -> one);
    one.write(Payloads.event("a", 0, 1), PID);
    forwarder.close(LONG);
  }

  private void write(String service, long firstEvent, int events) {
    for (long i = firstEvent; i < firstEvent + events; i++) {
      source.write(Payloads.event(service, i * POINTS, POINTS), PID);
    }
  }

  private List<Long> numbers(String service) {
    return Payloads.numbers(
        receiver.accepted().stream().map(ReceivedRequest::content).toList(), service);
  }

  private static List<String> attributes(ExportMetricsServiceRequest request) {
    List<String> attributes = new ArrayList<>();
    for (KeyValue attribute : request.getResourceMetrics(0).getResource().getAttributesList()) {
      attributes.add(
          attribute.getKey()
              + "="
              + (attribute.getValue().hasIntValue()
                  ? Long.toString(attribute.getValue().getIntValue())
                  : attribute.getValue().getStringValue()));
    }
    return attributes;
  }

  private static List<Long> range(long first, long end) {
    return LongStream.range(first, end).boxed().toList();
  }
}

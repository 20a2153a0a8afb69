// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.userevents.cli.ChildProcess;
import io.userevents.cli.Events;
import io.userevents.cli.Executed;
import io.userevents.cli.RecordedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DecodeCommandTest {

  private static final byte[] ORDERS = Events.counter("shop", "orders", "buy", true, 10, 12, 4);
  private static final byte[] MORE = Events.counter("shop", "orders", "buy", true, 12, 14, 6);
  private static final byte[] LOAD = Events.gauge("bank", "load", "sell", 15.25, 0.5);
  private static final byte[] NO_OTLP = {(byte) 0xff, (byte) 0xff, (byte) 0xff};

  @TempDir private Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void record() throws IOException {
    file = folder.resolve("perf.data");
    RecordedFile.write(file, List.of(ORDERS, MORE, LOAD), 3);
  }

  private Executed decode(String... arguments) {
    Stream<String> command = Stream.of("decode", file.toString());
    return Executed.command(
        Stream.concat(command, Arrays.stream(arguments)).toArray(String[]::new));
  }

  @Test
  void shouldPrintALineForEachPointAndTellOfLosses() {
    Executed decoded = decode();

    assertThat(decoded.exitCode()).as(decoded.err()).isZero();
    assertThat(decoded.lines()).hasSize(3);
    assertThat(decoded.lines().get(0))
        .matches("1970-01-01T00:00:12\\.000000000Z  orders +4 +2/s  side=buy  shop/4242");
    assertThat(decoded.lines().get(1))
        .matches("1970-01-01T00:00:14\\.000000000Z  orders +10 +3/s  side=buy  shop/4242");
    assertThat(decoded.lines().get(2))
        .matches("1970-01-01T00:00:15\\.250000000Z  load +0\\.5 +side=sell  bank/4242");
    assertThat(decoded.err().lines())
        .containsExactly(
            "user-events: read 3 events, 3 points",
            "user-events: " + file + ": 3 events lost while it was recorded");
  }

  @Test
  void shouldPrintARequestForEachEvent() throws Exception {
    Executed decoded = decode("--format=jsonl");

    assertThat(decoded.lines()).hasSize(3);
    JsonNode last = new ObjectMapper().readTree(decoded.lines().get(2));
    assertThat(last.at("/resourceMetrics/0/scopeMetrics/0/metrics/0/name").asText())
        .isEqualTo("load");
    assertThat(
            last.at("/resourceMetrics/0/scopeMetrics/0/metrics/0/gauge/dataPoints/0/timeUnixNano")
                .asText())
        .isEqualTo("15250000000");
  }

  @Test
  void shouldPrintOneRequestOfAllEvents() throws Exception {
    Executed decoded = decode("--format=json");

    assertThat(decoded.lines()).hasSize(1);
    JsonNode document = new ObjectMapper().readTree(decoded.out());
    assertThat(document.get("resourceMetrics")).hasSize(3);
  }

  @Test
  void shouldPrintARequestWithoutMetricsIfAllAreFilteredOut() throws Exception {
    Executed decoded = decode("--format=json", "--metric=none");

    assertThat(decoded.out().strip()).isEqualTo("{\"resourceMetrics\":[]}");
    assertThat(decoded.err()).contains("3 points filtered out");
    assertThat(decode("--format=jsonl", "--metric=none").out()).isEmpty();
  }

  @Test
  void shouldFilterAsListenDoes() {
    assertThat(decode("--metric=ord*").lines()).hasSize(2);
    assertThat(decode("--service=bank").lines()).hasSize(1);
    assertThat(decode("--pid=4242").lines()).hasSize(3);
    assertThat(decode("--pid=1").lines()).isEmpty();
    assertThat(decode("--event=otlp_metrics").lines()).hasSize(3);
  }

  @Test
  void shouldSayWhatTheFileHasIfItLacksTheEvent() {
    Executed decoded = decode("--event=otlp_logs");

    assertThat(decoded.exitCode()).isEqualTo(1);
    assertThat(decoded.out()).isEmpty();
    assertThat(decoded.err()).contains("otlp_logs").doesNotContain("Exception");
  }

  @Test
  void shouldReadSeveralFilesOneAfterTheOther() throws Exception {
    Path second = folder.resolve("perf.data.1");
    RecordedFile.write(second, List.of(LOAD));

    Executed decoded = decode(second.toString());

    assertThat(decoded.lines()).hasSize(4);
    assertThat(decoded.err()).startsWith("user-events: read 4 events, 4 points");
  }

  @Test
  void shouldCountWhatIsNoOtlpAndWhatHasNoMetrics() throws Exception {
    RecordedFile.write(file, List.of(NO_OTLP, new byte[0], LOAD));

    Executed decoded = decode("--format=jsonl");

    assertThat(decoded.lines()).hasSize(1);
    assertThat(decoded.err())
        .startsWith(
            "user-events: read 3 events, 1 points; 1 events are not OTLP metrics; 1 events without"
                + " metrics");
  }

  @Test
  void shouldWriteThePayloadOfEachEvent() throws Exception {
    RecordedFile.write(file, List.of(ORDERS, NO_OTLP, LOAD));
    Path raw = folder.resolve("raw/of/events");

    Executed decoded = decode("--raw", raw.toString());

    assertThat(decoded.exitCode()).as(decoded.err()).isZero();
    assertThat(decoded.out()).isEmpty();
    assertThat(decoded.err()).startsWith("user-events: read 3 events, 3 written");
    assertThat(raw.toFile().list())
        .containsExactlyInAnyOrder(
            "000000001-1.500000000-pid4242.pb",
            "000000002-2.500000000-pid4242.pb",
            "000000003-3.500000000-pid4242.pb");
    assertThat(raw.resolve("000000001-1.500000000-pid4242.pb")).hasBinaryContent(ORDERS);
    assertThat(raw.resolve("000000002-2.500000000-pid4242.pb")).hasBinaryContent(NO_OTLP);
  }

  @Test
  void shouldWriteWholeEventsThatTheFilterTakes() {
    Path raw = folder.resolve("raw");

    Executed decoded = decode("--raw", raw.toString(), "--metric=load");

    assertThat(raw.toFile().list()).containsExactly("000000001-3.500000000-pid4242.pb");
    assertThat(decoded.err()).contains("1 written; 2 filtered out");
  }

  @Test
  void shouldUseAFolderThatIsNotEmptyOnlyIfForced() throws Exception {
    Path raw = Files.createDirectory(folder.resolve("raw"));
    Files.writeString(raw.resolve("mine"), "kept");

    Executed refused = decode("--raw", raw.toString());

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err().lines()).hasSize(1);
    assertThat(refused.err()).contains(raw.toString(), "--force");
    assertThat(raw.toFile().list()).containsExactly("mine");
    assertThat(decode("--raw", raw.toString(), "--force").exitCode()).isZero();
    assertThat(raw.toFile().list()).hasSize(4).contains("mine");
  }

  @Test
  void shouldFailWhereTheFolderCannotBeWritten() throws Exception {
    Path blocked = Files.createFile(folder.resolve("file"));

    Executed refused = decode("--raw", blocked.resolve("raw").toString());

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err().lines()).hasSize(1);
    assertThat(refused.err()).contains(blocked.toString()).doesNotContain("Exception;");
  }

  @Test
  void shouldPrintWhatComesBeforeAFaultAndItsOffset() throws Exception {
    long faultless = Files.size(file);
    byte[] bytes = Files.readAllBytes(file);
    // A record that is shorter than its own header.
    byte[] broken = Arrays.copyOf(bytes, bytes.length + 8);
    broken[bytes.length] = 9;
    Files.write(file, broken);

    Executed decoded = decode();

    assertThat(decoded.exitCode()).isEqualTo(65);
    assertThat(decoded.lines()).hasSize(3);
    assertThat(decoded.err().lines().findFirst())
        .hasValueSatisfying(
            line ->
                assertThat(line).contains("file=" + file, "offset=" + faultless).hasLineCount(1));
    assertThat(decoded.err()).contains("read 3 events, 3 points");
  }

  @Test
  void shouldReadAFileThatIsCut() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 60));

    Executed decoded = decode();

    assertThat(decoded.exitCode()).as(decoded.err()).isZero();
    assertThat(decoded.lines()).hasSizeBetween(1, 3);
    assertThat(decoded.err()).contains("the file ends in the middle");
  }

  @Test
  void shouldExplainFilesThatCannotBeRead() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "hello, this is a text");
    Executed missing = Executed.command("decode", folder.resolve("missing").toString());
    Executed noFile = Executed.command("decode", text.toString());
    Executed isFolder = Executed.command("decode", folder.toString());

    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err().lines()).hasSize(1);
    assertThat(missing.err()).contains("there is no file");
    assertThat(noFile.exitCode()).isEqualTo(65);
    assertThat(noFile.err()).contains("offset=0");
    assertThat(isFolder.exitCode()).isEqualTo(1);
  }

  @Test
  void shouldRefuseArgumentsThatMakeNoSense() {
    assertThat(Executed.command("decode").exitCode()).isEqualTo(64);
    assertThat(Executed.command("decode", "-", "-").exitCode()).isEqualTo(64);
    assertThat(decode("--pid=0").exitCode()).isEqualTo(64);
    assertThat(decode("--event=a/b").exitCode()).isEqualTo(64);
    assertThat(decode("--format=xml").exitCode()).isEqualTo(64);
  }

  @Test
  void shouldReadStandardInput() throws Exception {
    Process decode =
        new ProcessBuilder(ChildProcess.command("decode", "-", "--format", "jsonl"))
            .redirectInput(file.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();

    String out = new String(decode.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(decode.waitFor()).isZero();
    assertThat(out).isEqualTo(decode("--format=jsonl").out());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.userevents.agent.internal.http.Answer.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Interprets an HTTP answer according to the OTLP specification (opentelemetry-proto,
 * docs/specification.md, "OTLP/HTTP Response"): 429, 502, 503 and 504 are retryable, and no other
 * status is.
 */
final class AnswerReader {

  private static final Pattern TITLE =
      Pattern.compile("<title>([^<]*)</title>", Pattern.CASE_INSENSITIVE);

  /** An answer in JSON which says only that everything was accepted. */
  private static final Pattern EMPTY_JSON =
      Pattern.compile("\\s*\\{\\s*(?:\"partialSuccess\"\\s*:\\s*(?:\\{\\s*}|null)\\s*)?}\\s*");

  /** Field {@code message} of google.rpc.Status. */
  private static final int STATUS_MESSAGE_TAG = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private AnswerReader() {}

  static Kind kindOf(int status) {
    return switch (status) {
      case 413 -> Kind.TOO_LARGE;
      case 429, 502, 503, 504 -> Kind.RETRYABLE;
      default -> status / 100 == 2 ? Kind.ACCEPTED : Kind.REFUSED;
    };
  }

  /**
   * Reads an answer.
   *
   * @param body the first bytes of the body; the whole body of an answer that follows the protocol
   * @param nowMs this machine's clock, since 1970
   */
  static Answer read(int status, HttpHeaders headers, byte[] body, long nowMs) {
    Kind kind = kindOf(status);
    byte[] content = decompress(headers, body);
    String type = headers.firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    if (kind == Kind.ACCEPTED) {
      return accepted(status, type, content);
    }
    String message = status / 100 == 3 ? redirection(headers) : message(type, content);
    long retryAfterMs =
        kind == Kind.RETRYABLE
            ? RetryAfter.parseMs(
                headers.firstValue("Retry-After"), headers.firstValue("Date"), nowMs)
            : RetryAfter.NONE;
    return Answer.ofStatus(kind, status, message, retryAfterMs);
  }

  private static Answer accepted(int status, String type, byte[] body) {
    if (body.length == 0) {
      return Answer.ofAccepted(status, 0, "");
    }
    if (type.isEmpty() || type.contains("protobuf") || type.contains("octet-stream")) {
      try {
        ExportMetricsPartialSuccess partial =
            ExportMetricsServiceResponse.parseFrom(body).getPartialSuccess();
        return Answer.ofAccepted(
            status, Math.max(0, partial.getRejectedDataPoints()), partial.getErrorMessage());
      } catch (InvalidProtocolBufferException e) {
        // Reported below: the endpoint may not be an OTLP endpoint.
      }
    } else if (type.contains("json") && EMPTY_JSON.matcher(utf8(body)).matches()) {
      return Answer.ofAccepted(status, 0, "");
    }
    return Answer.ofAccepted(
        status,
        0,
        "the body is not an ExportMetricsServiceResponse; the endpoint may not be an OTLP endpoint:"
            + " Content-Type="
            + (type.isEmpty() ? "none" : type)
            + " "
            + text(body));
  }

  private static String redirection(HttpHeaders headers) {
    return "redirections are not followed; set the URL to the one that accepts requests: Location="
        + headers.firstValue("Location").map(EndpointUrl::withoutUser).orElse("none");
  }

  /** Returns the endpoint's message about a failure. */
  private static String message(String type, byte[] body) {
    if (type.contains("protobuf")) {
      try {
        return statusMessage(body);
      } catch (IOException e) {
        return "";
      }
    }
    return text(body);
  }

  private static String statusMessage(byte[] body) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(body);
    String message = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == STATUS_MESSAGE_TAG) {
        message = new String(in.readByteArray(), StandardCharsets.UTF_8);
      } else if (!in.skipField(tag)) {
        break;
      }
    }
    return message;
  }

  /** Returns the title of a page, or the first line that is not empty. */
  private static String text(byte[] body) {
    String text = utf8(body).strip();
    if (text.startsWith("<")) {
      Matcher title = TITLE.matcher(text);
      return title.find() ? title.group(1) : "";
    }
    return text.lines().findFirst().orElse("");
  }

  private static String utf8(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Decompresses the body. Some proxies compress although the request does not allow it. */
  private static byte[] decompress(HttpHeaders headers, byte[] body) {
    if (!headers.firstValue("Content-Encoding").orElse("").equalsIgnoreCase("gzip")) {
      return body;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readNBytes(Exchange.MAX_ANSWER_BYTES);
    } catch (IOException e) {
      return new byte[0];
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.receiver;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import java.io.IOException;
import java.util.Map;

/** The receiver's reaction to one request. A test may define further reactions as lambdas. */
@FunctionalInterface
public interface Behaviour {

  /** Handles the request whose head has been read. The connection is kept unless it is closed. */
  void handle(Conversation conversation) throws IOException;

  /** Accepts the request whole. */
  static Behaviour ok() {
    return conversation -> {
      conversation.accept();
      conversation.respondProtobuf(
          200, Map.of(), ExportMetricsServiceResponse.getDefaultInstance().toByteArray());
    };
  }

  /** Accepts the request, but says that it dropped some points, or warns where these are 0. */
  static Behaviour partialSuccess(long rejectedPoints, String message) {
    byte[] body =
        ExportMetricsServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportMetricsPartialSuccess.newBuilder()
                    .setRejectedDataPoints(rejectedPoints)
                    .setErrorMessage(message))
            .build()
            .toByteArray();
    return conversation -> {
      conversation.accept();
      conversation.respondProtobuf(200, Map.of(), body);
    };
  }

  /** Reads the request and answers by a status, with a message as google.rpc.Status. */
  static Behaviour status(int status, String message) {
    return status(status, message, Map.of());
  }

  /** The same with further headers. */
  static Behaviour status(int status, String message, Map<String, String> headers) {
    return conversation -> {
      conversation.readBody();
      conversation.respondStatus(status, headers, message);
    };
  }

  /** Asks the client to wait: seconds or a date, as the header Retry-After has it. */
  static Behaviour retryLater(int status, String retryAfter) {
    return status(status, "later", Map.of("Retry-After", retryAfter));
  }

  /** Reads the request and answers by any body. */
  static Behaviour body(int status, String contentType, byte[] body) {
    return conversation -> {
      conversation.readBody();
      conversation.respond(status, Map.of("Content-Type", contentType), body);
    };
  }

  /** Closes the connection without an answer, after the first bytes of the body. */
  static Behaviour closeInRequest(int bytes) {
    return conversation -> {
      conversation.readSome(bytes);
      conversation.reset();
    };
  }

  /** Reads the request whole and closes the connection without an answer. */
  static Behaviour closeBeforeResponse() {
    return conversation -> {
      conversation.readBody();
      conversation.close();
    };
  }

  /** Announces a body, sends half of it, and closes. */
  static Behaviour closeInResponse(int status) {
    return conversation -> {
      conversation.readBody();
      conversation.write(
          "HTTP/1.1 " + status + " X\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\n");
      conversation.write("0123456789");
      conversation.close();
    };
  }

  /** Reads the request and never answers. */
  static Behaviour hang() {
    return conversation -> {
      conversation.readBody();
      conversation.awaitClientClose();
    };
  }

  /** Does not even read the request. */
  static Behaviour hangWithoutReading() {
    return conversation -> conversation.awaitClosed();
  }

  /** Accepts the request, but reads and writes no more than so many bytes a second. */
  static Behaviour slow(int bytesPerSecond) {
    return conversation -> {
      conversation.setBytesPerSecond(bytesPerSecond);
      conversation.accept();
      conversation.respondProtobuf(
          200, Map.of(), ExportMetricsServiceResponse.getDefaultInstance().toByteArray());
    };
  }

  /** Sends a body that never ends, as fast as the client reads. */
  static Behaviour endlessBody(int status) {
    return endlessBody(status, new byte[8192], 0);
  }

  /** Sends the same bytes again and again, with a pause between them, for ever. */
  static Behaviour endlessBody(int status, byte[] bytes, long pauseMs) {
    return conversation -> {
      conversation.readBody();
      conversation.write(
          "HTTP/1.1 " + status + " X\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n");
      while (!conversation.isClosed()) {
        conversation.write(bytes);
        conversation.pause(pauseMs);
      }
    };
  }
}

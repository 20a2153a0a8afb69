// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.receiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.CodedOutputStream;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** One request on a connection, with all that a behaviour may do with it. One thread uses it. */
public final class Conversation {

  private static final int MAX_HEAD_BYTES = 64 * 1024;

  private final OtlpReceiver receiver;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final int connection;
  private final CountDownLatch receiverClosed;
  private final String requestLine;
  private final Map<String, String> headers;
  private int bytesPerSecond;
  private byte @Nullable [] body;
  private boolean isAnswered;

  private Conversation(
      OtlpReceiver receiver,
      Socket socket,
      InputStream in,
      int connection,
      CountDownLatch receiverClosed,
      String requestLine,
      Map<String, String> headers)
      throws IOException {
    this.receiver = receiver;
    this.socket = socket;
    this.in = in;
    out = socket.getOutputStream();
    this.connection = connection;
    this.receiverClosed = receiverClosed;
    this.requestLine = requestLine;
    this.headers = headers;
  }

  /** Reads the head of the next request; null if the client has closed the connection. */
  static @Nullable Conversation read(
      OtlpReceiver receiver,
      Socket socket,
      InputStream in,
      int connection,
      CountDownLatch receiverClosed)
      throws IOException {
    String requestLine = readLine(in);
    if (requestLine == null) {
      return null;
    }
    Map<String, String> headers = new LinkedHashMap<>();
    while (true) {
      String line = readLine(in);
      if (line == null) {
        throw new EOFException("within the head of a request");
      }
      if (line.isEmpty()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw new IOException("A header has no colon");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Conversation(receiver, socket, in, connection, receiverClosed, requestLine, headers);
  }

  private static @Nullable String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (line.size() < MAX_HEAD_BYTES) {
      int b = in.read();
      if (b < 0) {
        if (line.size() == 0) {
          return null;
        }
        throw new EOFException("within a line");
      }
      if (b == '\n') {
        String text = line.toString(ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      line.write(b);
    }
    throw new IOException("A line is longer than " + MAX_HEAD_BYTES + " bytes");
  }

  /** Method, path and version. */
  public String requestLine() {
    return requestLine;
  }

  /** The path with the query. */
  public String path() {
    return requestLine.split(" ", -1)[1];
  }

  /** Headers of the request, with names in small letters. */
  public Map<String, String> headers() {
    return Collections.unmodifiableMap(headers);
  }

  /** The number of the connection, from 1. */
  public int connection() {
    return connection;
  }

  /** Makes the following reads and writes slow. */
  public void setBytesPerSecond(int bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Reads the body as it came over the wire; once more gives the same bytes. */
  public byte[] readBody() throws IOException {
    byte[] read = body;
    if (read == null) {
      read = readSome(Integer.parseInt(headers.getOrDefault("content-length", "0")));
      body = read;
    }
    return read;
  }

  /** Reads the next bytes of the body, so many exactly. */
  public byte[] readSome(int count) throws IOException {
    byte[] bytes = new byte[count];
    int pieceBytes = bytesPerSecond == 0 ? count : Math.max(1, bytesPerSecond / 10);
    for (int at = 0; at < count; ) {
      int read = in.readNBytes(bytes, at, Math.min(pieceBytes, count - at));
      if (read == 0) {
        throw new EOFException("after " + at + " of " + count + " bytes of the body");
      }
      at += read;
      if (bytesPerSecond > 0) {
        pause(100);
      }
    }
    return bytes;
  }

  /** Reads the body, decodes it and counts the request as accepted. */
  public ReceivedRequest accept() throws IOException {
    byte[] read = readBody();
    ExportMetricsServiceRequest content = ExportMetricsServiceRequest.parseFrom(decompress(read));
    ReceivedRequest request =
        new ReceivedRequest(
            path(), headers, read.length, connection, content, Points.count(content));
    receiver.accepted(request);
    return request;
  }

  private byte[] decompress(byte[] body) throws IOException {
    String encoding = headers.getOrDefault("content-encoding", "identity");
    return switch (encoding) {
      case "identity" -> body;
      case "gzip" -> {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
          yield gzip.readAllBytes();
        }
      }
      default -> throw new IOException("Content-Encoding is unknown: " + encoding);
    };
  }

  /** Answers by a protobuf message. */
  public void respondProtobuf(int status, Map<String, String> more, byte[] body)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>(more);
    all.put("Content-Type", "application/x-protobuf");
    respond(status, all, body);
  }

  /** Answers by google.rpc.Status. */
  public void respondStatus(int status, Map<String, String> more, String message)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream body = CodedOutputStream.newInstance(bytes);
    body.writeInt32(1, 13);
    body.writeString(2, message);
    body.flush();
    respondProtobuf(status, more, bytes.toByteArray());
  }

  /** Answers. The connection is kept if the request was read whole. */
  public void respond(int status, Map<String, String> more, byte[] body) throws IOException {
    isAnswered = true;
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" X\r\n");
    more.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (status != 204) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    if (body == null) {
      head.append("Connection: close\r\n");
    }
    write(head.append("\r\n").toString());
    write(body);
  }

  /** Writes text as it is. */
  public void write(String text) throws IOException {
    write(text.getBytes(ISO_8859_1));
  }

  /** Writes bytes as they are. */
  public void write(byte[] bytes) throws IOException {
    if (bytesPerSecond == 0) {
      out.write(bytes);
      out.flush();
      return;
    }
    int pieceBytes = Math.max(1, bytesPerSecond / 10);
    for (int at = 0; at < bytes.length; at += pieceBytes) {
      out.write(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + pieceBytes)));
      out.flush();
      pause(100);
    }
  }

  /** Waits for some time, or until the receiver is closed. */
  public void pause(long ms) {
    try {
      if (receiverClosed.await(ms, TimeUnit.MILLISECONDS)) {
        socket.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the client closes the connection, and closes it too. */
  public void awaitClientClose() throws IOException {
    try {
      while (in.read() >= 0) {
        // More of the request.
      }
    } finally {
      socket.close();
    }
  }

  /** Waits until the receiver is closed, and does not look at the connection. */
  public void awaitClosed() {
    try {
      receiverClosed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Answers as a proxy to CONNECT: passes all bytes on to a port of this machine, and back. */
  public void tunnel(int port) throws IOException {
    try (Socket target = new Socket(InetAddress.getLoopbackAddress(), port)) {
      write("HTTP/1.1 200 X\r\n\r\n");
      Thread back = new Thread(() -> pump(target), "otlp-receiver-tunnel");
      back.setDaemon(true);
      back.start();
      in.transferTo(target.getOutputStream());
    } finally {
      socket.close();
    }
  }

  private void pump(Socket target) {
    try {
      target.getInputStream().transferTo(out);
      socket.close();
    } catch (IOException e) {
      // One of the two ends is closed; the other direction closes the rest.
    }
  }

  /** Closes the connection. */
  public void close() throws IOException {
    socket.close();
  }

  /** Closes the connection so that the client sees a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Tells whether the connection is closed on this side. */
  public boolean isClosed() {
    return socket.isClosed();
  }

  /** Tells whether the next request may come on this connection. */
  boolean isReusable() {
    return body != null && isAnswered && !socket.isClosed();
  }
}

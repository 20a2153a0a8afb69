// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import io.userevents.listener.EventHandler;
import io.userevents.listener.Sample;
import io.userevents.listener.TracepointFormat;
import io.userevents.listener.file.PerfDataWriter;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventFormat;
import io.userevents.listener.internal.EventView;
import io.userevents.listener.internal.LayoutException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Samples and files of events that a test composes, in the layout of the exporters. */
public final class RecordedFile {

  /** The process of all samples. */
  public static final int PID = 4242;

  /** Time of the first sample; each further one is a second later. */
  public static final long FIRST_NS = 1_500_000_000L;

  private static final int TYPE = 1234;
  private static final int PROTOCOL = 8;
  private static final int VERSION = 12;
  private static final int LOC = 20;
  private static final int PAYLOAD = 24;

  private RecordedFile() {}

  /** The tracepoint of all samples. */
  public static TracepointFormat format(String name) {
    return new TracepointFormat(
        name,
        TYPE,
        commonFields(name)
            + "\tfield:u32 protocol;\toffset:8;\tsize:4;\tsigned:0;\n"
            + "\tfield:char[8] version;\toffset:12;\tsize:8;\tsigned:0;\n"
            + "\tfield:__rel_loc u8[] buffer;\toffset:20;\tsize:4;\tsigned:0;\n\n"
            + "print fmt: \"protocol=%u\", REC->protocol\n");
  }

  private static String commonFields(String name) {
    return "name: "
        + name
        + "\nID: "
        + TYPE
        + "\nformat:\n"
        + "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
        + "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
        + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
        + "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";
  }

  /** Writes a file with one sample, of a tracepoint that was declared by its name alone. */
  public static void writeWithoutFields(Path file, byte[] content) throws IOException {
    String text = commonFields("otlp_metrics") + "\n\nprint fmt: \"\"\n";
    TracepointFormat format = new TracepointFormat("otlp_metrics", TYPE, text);
    // perf pads what the program has written, and the file has that in it.
    UnsafeBuffer data = new UnsafeBuffer(new byte[PROTOCOL + content.length + 3]);
    data.putShort(0, (short) TYPE, ByteOrder.LITTLE_ENDIAN);
    data.putInt(4, PID, ByteOrder.LITTLE_ENDIAN);
    data.putBytes(PROTOCOL, content);
    try (PerfDataWriter writer = PerfDataWriter.create(file, List.of(format))) {
      EventDecoder decoder = new EventDecoder(List.of(EventFormat.parse(format.name(), text)));
      EventDecoder.Result result = decoder.decode(data, 0, data.capacity());
      if (result != EventDecoder.Result.RECEIVED) {
        throw new IllegalStateException("the event is not as its layout says: " + result);
      }
      EventView view = new EventView();
      view.wrap(data, decoder, FIRST_NS, 0);
      view.writtenBy(PID, PID);
      writer.onEvent(new Sample(view));
    } catch (LayoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Hands a sample with each payload to the handler. */
  public static void handOut(List<byte[]> payloads, EventHandler handler) {
    handOut("otlp_metrics", payloads, handler);
  }

  private static void handOut(String event, List<byte[]> payloads, EventHandler handler) {
    EventView view = new EventView();
    Sample sample = new Sample(view);
    long time = FIRST_NS;
    for (byte[] payload : payloads) {
      move(view, event, payload, time);
      handler.onEvent(sample);
      time += 1_000_000_000;
    }
  }

  private static void move(EventView view, String event, byte[] payload, long timeNs) {
    UnsafeBuffer data = new UnsafeBuffer(new byte[PAYLOAD + payload.length]);
    data.putShort(0, (short) TYPE, ByteOrder.LITTLE_ENDIAN);
    data.putInt(4, PID, ByteOrder.LITTLE_ENDIAN);
    data.putInt(PROTOCOL, 0, ByteOrder.LITTLE_ENDIAN);
    data.putBytes(VERSION, "v0.19.00".getBytes(StandardCharsets.US_ASCII));
    data.putInt(LOC, payload.length << 16, ByteOrder.LITTLE_ENDIAN);
    data.putBytes(PAYLOAD, payload);
    EventDecoder decoder = decoder(event);
    if (decoder.decode(data, 0, data.capacity()) != EventDecoder.Result.RECEIVED) {
      throw new IllegalStateException("the event is not as its layout says");
    }
    view.wrap(data, decoder, timeNs, 0);
    view.writtenBy(PID, PID);
  }

  private static EventDecoder decoder(String event) {
    try {
      return new EventDecoder(List.of(EventFormat.parse(event, format(event).text())));
    } catch (LayoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes a file with a sample for each payload. */
  public static void write(Path file, List<byte[]> payloads) throws IOException {
    write(file, payloads, 0);
  }

  /**
   * Writes a file with a sample for each payload.
   *
   * @param lost events that it says were lost
   */
  public static void write(Path file, List<byte[]> payloads, long lost) throws IOException {
    write(file, "otlp_metrics", payloads, lost);
  }

  /** Writes a file of another tracepoint. */
  public static void write(Path file, String event, List<byte[]> payloads, long lost)
      throws IOException {
    try (PerfDataWriter writer = PerfDataWriter.create(file, List.of(format(event)))) {
      handOut(event, payloads, writer);
      writer.addLost(lost);
      writer.endRound();
    }
  }
}

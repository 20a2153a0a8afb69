// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Syscalls;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;

/**
 * Defines the layout of one event as it is written to {@code user_events_data}, in native byte
 * order.
 *
 * <pre>
 *    0        4         8             16          20
 *   +--------+---------+-------------+-----------+------------------+
 *   | index  |protocol | version     | rel_loc   | buffer           |
 *   | i32    |u32 = 0  | "v0.19.00"  | length&lt;&lt;16| length bytes     |
 *   +--------+---------+-------------+-----------+------------------+
 * </pre>
 *
 * <p>The kernel gives the index at registration; listeners do not see it. The low half of rel_loc
 * is the distance from its end to the buffer, which is 0. Fields and values are those of {@code
 * src/tracepoint/mod.rs} in the Rust crate opentelemetry-user-events-metrics, so that its listeners
 * read these events too.
 *
 * @since 0.1.0
 */
public final class EventLayout {

  /** The name under which OTLP metrics are published. */
  public static final String OTLP_METRICS = "otlp_metrics";

  /** The longest buffer that the format can express, in bytes; no reader delivers it. */
  public static final int MAX_LENGTH = 65_535;

  /**
   * The longest buffer that perf delivers, in bytes: 8192 ({@code PERF_MAX_TRACE_SIZE}) less 8 of
   * {@code struct trace_entry} and 16 of the fixed fields. With one byte more, the write succeeds
   * but the event is lost (measured on 6.12).
   */
  public static final int MAX_LENGTH_PERF = 8168;

  /**
   * The longest buffer that ftrace delivers, in bytes, on a kernel with pages of 4096 bytes. No
   * kernel delivers less; see {@link #maxLengthFtrace(int)}. With one byte more, the write succeeds
   * but the event is lost (measured on 6.12).
   */
  public static final int MAX_LENGTH_FTRACE = 4048;

  /**
   * Bytes of a sample before its event, as {@code perf record -e} writes it for a tracepoint:
   * {@code perf_event_header}, identifier, ip, pid and tid, time, cpu, period (8 bytes each) and
   * the u32 size of the raw data.
   */
  private static final int PERF_SAMPLE_HEADER = 7 * Long.BYTES + Integer.BYTES;

  /** {@code struct trace_entry}, at the beginning of each event in the kernel's buffers. */
  private static final int TRACE_ENTRY = 8;

  static final int INDEX_OFFSET = 0;
  static final int PROTOCOL_OFFSET = 4;
  static final int VERSION_OFFSET = 8;
  static final int REL_LOC_OFFSET = 16;
  static final int PREFIX_LENGTH = 20;

  private static final int PROTOCOL_PROTOBUF = 0;
  private static final byte[] VERSION = "v0.19.00".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_NAME_LENGTH = 255;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** {@code struct buffer_data_page} before its data: a u64 time and a long. */
  private static final int FTRACE_PAGE_HEADER = 16;

  /** Two u32 before each entry: {@code struct ring_buffer_event} and the length of a long one. */
  private static final int FTRACE_ENTRY_HEADER = 8;

  private EventLayout() {}

  /**
   * Returns the longest buffer that ftrace delivers on a kernel with pages of this length. An event
   * must fit into a page. A page of 4 KiB takes 4,048 bytes, one of 16 KiB takes 16,336 and one of
   * 64 KiB takes 65,488. The limit of perf, {@link #MAX_LENGTH_PERF}, does not depend on the page.
   *
   * <p>Sources, Linux 6.12: {@code max_data_size} in {@code alloc_buffer}, {@code
   * kernel/trace/ring_buffer.c}; in 6.4 {@code BUF_MAX_DATA_SIZE}. Each length was measured with an
   * arm64 kernel.
   *
   * @param pageLength length of the kernel's pages in bytes, a power of two from 4096
   * @return the longest buffer in bytes
   */
  public static int maxLengthFtrace(int pageLength) {
    int fields = PREFIX_LENGTH - PROTOCOL_OFFSET;
    int longest = pageLength - FTRACE_PAGE_HEADER - FTRACE_ENTRY_HEADER - TRACE_ENTRY - fields;
    return Math.min(longest, MAX_LENGTH);
  }

  /**
   * Returns the longest buffer that ftrace delivers on this machine.
   *
   * @return the longest buffer in bytes; {@link #MAX_LENGTH_FTRACE} where the length of the pages
   *     is unknown because no system calls can be made
   */
  public static int maxLengthFtraceHere() {
    try {
      return maxLengthFtrace(Syscalls.pageLength());
    } catch (UnsupportedOperationException e) {
      return MAX_LENGTH_FTRACE;
    }
  }

  /**
   * Returns how many bytes an event takes in the ring buffer of {@code perf record}: a header of 60
   * bytes, the 8 bytes of {@code struct trace_entry}, the 16 bytes of the fixed fields and the
   * buffer, rounded up to 8. ftrace needs less, but it rounds up to whole pages where two events do
   * not fit into one.
   *
   * <p>Sources, Linux 6.12: {@code perf_output_sample} and {@code perf_prepare_sample} in {@code
   * kernel/events/core.c}; the sample type is set by {@code evsel__newtp_idx} and {@code
   * evsel__config} in {@code tools/perf/util/evsel.c}. A reader that asks for more, such as call
   * chains, gets longer samples.
   *
   * @param length length of the buffer in bytes
   * @return the length of the sample in bytes
   */
  public static int perfSampleLength(int length) {
    int fields = PREFIX_LENGTH - PROTOCOL_OFFSET;
    return BitUtil.align(PERF_SAMPLE_HEADER + TRACE_ENTRY + fields + length, Long.BYTES);
  }

  /**
   * Returns the name and the fields in the form that the kernel's registration takes. The space
   * after each semicolon matters: without it, some kernels from 6.6 to 6.9 refuse the second
   * registration of the same fields with EADDRINUSE.
   */
  static String nameAndFields(String eventName) {
    return eventName + " u32 protocol; char[8] version; __rel_loc u8[] buffer";
  }

  /**
   * Checks an event's name against the kernel's rules. The name must be a C identifier, because
   * tracefs makes a folder of it and perf uses it as a name.
   *
   * @param eventName the name
   * @return the same name
   * @throws IllegalArgumentException if it is not a C identifier
   */
  public static String requireValidName(String eventName) {
    if (eventName.length() > MAX_NAME_LENGTH || !NAME.matcher(eventName).matches()) {
      throw new IllegalArgumentException(
          "eventName must be letters, digits and underscores, not start with a digit, and be 1 to "
              + MAX_NAME_LENGTH
              + " long: eventName="
              + eventName);
    }
    return eventName;
  }

  /** Writes the part that is the same for all events of one registration. */
  static void putPrefix(MutableDirectBuffer buffer, int offset, int writeIndex) {
    buffer.putInt(offset + INDEX_OFFSET, writeIndex);
    buffer.putInt(offset + PROTOCOL_OFFSET, PROTOCOL_PROTOBUF);
    buffer.putBytes(offset + VERSION_OFFSET, VERSION);
  }

  /** Writes the length of the buffer that follows the prefix; at most {@link #MAX_LENGTH}. */
  static void putLength(MutableDirectBuffer buffer, int offset, int length) {
    buffer.putInt(offset + REL_LOC_OFFSET, length << 16);
  }
}

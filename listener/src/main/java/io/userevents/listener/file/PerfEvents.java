// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The perf events with which a file was recorded. Finds the event to which a sample belongs.
 *
 * <p>Not thread-safe.
 */
final class PerfEvents {

  private static final int MAX_EVENTS = 10_000;

  /** The limit for ids. There is one for each CPU and event: 64 events on 4,096 CPUs. */
  private static final int MAX_IDS = 1 << 18;

  private static final int MAX_ATTR_LENGTH = 4096;
  private static final int NONE = -1;

  private final String file;
  private final List<PerfAttr> attrs = new ArrayList<>();

  /**
   * A map whose buckets become trees if many ids have the same hash, because a hostile file can
   * choose its ids.
   */
  private final Map<Long, PerfAttr> byId = new HashMap<>();

  private int idsRead;
  private boolean isUniform = true;
  private int idOffset = NONE;

  PerfEvents(String file) {
    this.file = file;
  }

  List<PerfAttr> all() {
    return attrs;
  }

  /**
   * Adds the attributes at this place.
   *
   * @param available number of bytes from this place on
   * @param position in the file, for an error
   */
  PerfAttr add(DirectBuffer buffer, int offset, int available, long position)
      throws EventFileException {
    int length = available < PerfAttr.MIN_LENGTH ? available : PerfAttr.length(buffer, offset);
    if (length < PerfAttr.MIN_LENGTH || length > Math.min(available, MAX_ATTR_LENGTH)) {
      throw EventFileException.malformed(
          file, position, "attributes of an event have an impossible length=" + length);
    }
    if (attrs.size() == MAX_EVENTS) {
      throw EventFileException.malformed(file, position, "more than " + MAX_EVENTS + " events");
    }
    PerfAttr attr = PerfAttr.read(buffer, offset, length);
    int ownIdOffset = SampleFields.idOffset(attr.sampleType());
    if (attrs.isEmpty()) {
      idOffset = ownIdOffset;
    } else {
      PerfAttr first = attrs.get(0);
      isUniform &=
          first.sampleType() == attr.sampleType() && first.readFormat() == attr.readFormat();
      if (idOffset != ownIdOffset) {
        throw EventFileException.unsupported(
            file, "the samples of its events have their ids at different places");
      }
    }
    attrs.add(attr);
    return attr;
  }

  void addId(long id, PerfAttr attr, long position) throws EventFileException {
    // Counts the ids that were read, not the entries of the map: a file could repeat the same id
    // for ever.
    if (idsRead == MAX_IDS) {
      throw EventFileException.malformed(file, position, "more than " + MAX_IDS + " ids of events");
    }
    idsRead++;
    byId.put(id, attr);
  }

  /** Returns the event to which a sample belongs, or null if it is unknown. */
  @Nullable PerfAttr find(DirectBuffer buffer, int offset, int length) {
    if (attrs.size() == 1) {
      return attrs.get(0);
    }
    PerfAttr attr =
        idOffset == NONE || length < idOffset + Long.BYTES
            ? null
            : byId.get(buffer.getLong(offset + idOffset));
    return attr == null && isUniform && !attrs.isEmpty() ? attrs.get(0) : attr;
  }
}

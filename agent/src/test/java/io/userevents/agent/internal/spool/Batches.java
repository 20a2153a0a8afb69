// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import io.userevents.agent.internal.spool.SpoolSettings.Sync;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches as tests name them: text in, text out. */
final class Batches {

  static final long CREATED_MS = 1_700_000_000_000L;
  static final long HOUR_MS = 3_600_000;

  private Batches() {}

  /** Settings with segments for about this many bytes of records; a day; no sync. */
  static SpoolSettings segments(int recordBytes) {
    return new SpoolSettings(
        1 << 20, 24 * HOUR_MS, SegmentLayout.FIRST_RECORD + recordBytes, Sync.NEVER);
  }

  static void append(Spool spool, String text, int events) throws IOException {
    append(spool, text, events, CREATED_MS);
  }

  static void append(Spool spool, String text, int events, long createdMs) throws IOException {
    // Surrounded, so that an offset that is not kept shows.
    byte[] bytes = ("<<" + text + ">>").getBytes(StandardCharsets.ISO_8859_1);
    spool.append(bytes, 2, bytes.length - 4, events, createdMs);
  }

  static boolean prepend(Spool spool, String text, int events) throws IOException {
    return prepend(spool, text, events, CREATED_MS);
  }

  static boolean prepend(Spool spool, String text, int events, long createdMs) throws IOException {
    byte[] bytes = ("<<" + text + ">>").getBytes(StandardCharsets.ISO_8859_1);
    return spool.prepend(bytes, 2, bytes.length - 4, events, createdMs);
  }

  static @Nullable String text(@Nullable SpooledBatch batch) {
    return batch == null ? null : new String(batch.bytes(), StandardCharsets.ISO_8859_1);
  }

  /** Takes the oldest batch, or null. */
  static @Nullable String take(Spool spool) throws IOException {
    SpooledBatch batch = spool.peek();
    if (batch != null) {
      spool.remove();
    }
    return text(batch);
  }

  /** Takes all batches. */
  static List<String> takeAll(Spool spool) throws IOException {
    List<String> texts = new ArrayList<>();
    for (String text = take(spool); text != null; text = take(spool)) {
      texts.add(text);
    }
    return texts;
  }
}

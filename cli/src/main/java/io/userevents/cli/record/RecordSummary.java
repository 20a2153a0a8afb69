// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import io.userevents.cli.capture.Capture;
import io.userevents.cli.console.Json;
import io.userevents.cli.console.Text;
import java.nio.file.Path;

/**
 * The summary of a recording.
 *
 * @param file the first one
 * @param files number of all
 * @param events in all files
 * @param bytes length of all files
 * @param source the kernel's facility
 * @param counts of the capture
 */
record RecordSummary(
    Path file, int files, long events, long bytes, String source, Capture.Counts counts) {

  /** Returns a readable line. */
  String text() {
    String following = files == 1 ? "" : " and " + (files - 1) + " that follow it";
    return "recorded "
        + events
        + " events, "
        + Text.bytes(bytes)
        + " in "
        + file
        + following
        + "; received "
        + counts.received()
        + " by "
        + source
        + "; "
        + counts.lostText();
  }

  /** Adds the members to an object that has begun. */
  Json addTo(Json json) {
    json.name("events").value(events).name("bytes").value(bytes);
    json.name("source").value(source).name("received").value(counts.received());
    json.name("lost").value(counts.lostTotal()).name("lostBy").begin();
    counts.lost().forEach((cause, count) -> json.name(cause).value(count));
    return json.end().name("interruptions").value(counts.interruptions());
  }
}

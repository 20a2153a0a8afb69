// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import io.userevents.cli.console.Json;
import java.nio.file.Path;

/**
 * A file of a recording that is complete.
 *
 * @param events in it
 * @param bytes its length
 */
record RecordedPart(Path file, long events, long bytes) {

  /** Adds an object. */
  Json addTo(Json json) {
    json.begin().name("file").value(file.toString());
    json.name("events").value(events);
    return json.name("bytes").value(bytes).end();
  }
}

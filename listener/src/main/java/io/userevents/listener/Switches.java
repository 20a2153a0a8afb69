// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The files of a trace instance that control recording, with the values that the listener has set.
 * Any process with the necessary rights can write to them; {@code trace-cmd reset -a} does so.
 * Without a correction, the listener would then wait for ever.
 *
 * <p>Not thread-safe.
 */
final class Switches {

  private static final Logger LOGGER = Logger.getLogger(Switches.class.getName());

  private final TracefsFiles files;

  /** The settings in the order in which they are made. */
  private final Map<Path, Setting> settings = new LinkedHashMap<>();

  /** A written value, and the text that the kernel prints for it. */
  private record Setting(String written, String printed) {}

  Switches(TracefsFiles files) {
    this.files = files;
  }

  /** Writes a value to a file and watches the file. */
  void set(Path file, String value) throws ListenerException {
    files.write(file, value);
    settings.put(file, new Setting(value, read(file)));
  }

  /** Watches a file that must not change. */
  void keep(Path file) throws ListenerException {
    String printed = read(file);
    settings.put(file, new Setting(printed.strip(), printed));
  }

  /** Stops watching a file. */
  void forget(Path file) {
    settings.remove(file);
  }

  /**
   * Restores the values that other processes have changed.
   *
   * @return whether any value had changed
   * @throws ListenerException also if the kernel does not keep the written value
   */
  boolean restore() throws ListenerException {
    boolean isChanged = false;
    for (Map.Entry<Path, Setting> entry : settings.entrySet()) {
      Path file = entry.getKey();
      String found = read(file);
      if (found.equals(entry.getValue().printed())) {
        continue;
      }
      isChanged = true;
      String written = entry.getValue().written();
      if (written.isEmpty()) {
        files.clear(file);
      } else {
        files.write(file, written);
      }
      String now = read(file);
      if (!now.equals(entry.getValue().printed())) {
        throw new ListenerException(
            "cannot restore a setting of the trace instance: path="
                + file
                + " written="
                + written
                + " found="
                + now.strip()
                + "; find the process that writes to it, or open another listener",
            0,
            null);
      }
      LOGGER.log(
          Level.WARNING,
          "another process has changed {0} to {1}; it is set to {2} again, and events that were"
              + " written in between may be lost without being counted",
          new Object[] {
            file,
            found.isBlank() ? "nothing" : found.strip(),
            written.isEmpty() ? "nothing" : written
          });
    }
    return isChanged;
  }

  private String read(Path file) throws ListenerException {
    // An asterisk means that triggers use the event as well.
    return files.read(file).replace("*", "");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The files of a trace instance that decide whether and what it records, as the listener has set
 * them. Anybody with the rights can write to them, {@code trace-cmd reset -a} among others; the
 * listener would then wait for ever.
 *
 * <p>Not thread-safe.
 */
final class Switches {

  private static final Logger LOGGER = Logger.getLogger(Switches.class.getName());

  private final TracefsFiles files;

  /** In the order in which they are set. */
  private final Map<Path, Setting> settings = new LinkedHashMap<>();

  /** What was written, and how the kernel prints it. */
  private record Setting(String written, String printed) {}

  Switches(TracefsFiles files) {
    this.files = files;
  }

  /** Sets a file and keeps an eye on it. */
  void set(Path file, String value) throws ListenerException {
    files.write(file, value);
    settings.put(file, new Setting(value, read(file)));
  }

  /** Keeps an eye on a file that nobody shall change. */
  void keep(Path file) throws ListenerException {
    String printed = read(file);
    settings.put(file, new Setting(printed.strip(), printed));
  }

  /** No longer looks at a file. */
  void forget(Path file) {
    settings.remove(file);
  }

  /**
   * Sets again what others have changed.
   *
   * @return whether anything was
   * @throws ListenerException also if the kernel does not keep what is written
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
            "cannot set the trace instance as it was: path="
                + file
                + " written="
                + written
                + " found="
                + now.strip()
                + "; find who writes to it, or open another listener",
            0,
            null);
      }
      LOGGER.log(
          Level.WARNING,
          "somebody has changed {0} to {1}; it is set to {2} again, and events that were written"
              + " meanwhile may be lost uncounted",
          new Object[] {
            file,
            found.isBlank() ? "nothing" : found.strip(),
            written.isEmpty() ? "nothing" : written
          });
    }
    return isChanged;
  }

  private String read(Path file) throws ListenerException {
    // An asterisk says that triggers use the event as well.
    return files.read(file).replace("*", "");
  }
}

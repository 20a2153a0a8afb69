// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A file of events cannot be read or written. The message has the file, the place and the reason.
 */
public final class EventFileException extends IOException {

  private static final long serialVersionUID = 1L;

  /** {@link #offset} of an error that belongs to no place in the file. */
  public static final long NO_OFFSET = -1;

  private final String file;
  private final long offset;

  EventFileException(String message, String file, long offset, @Nullable Throwable cause) {
    super(message, cause);
    this.file = file;
    this.offset = offset;
  }

  static EventFileException malformed(String file, long offset, String reason) {
    return new EventFileException(
        "cannot understand the file: file=" + file + " offset=" + offset + ": " + reason,
        file,
        offset,
        null);
  }

  static EventFileException unsupported(String file, String reason) {
    return new EventFileException(
        "cannot read the file: file=" + file + ": " + reason, file, NO_OFFSET, null);
  }

  static EventFileException failed(String call, String file, long offset, Throwable cause) {
    return new EventFileException(
        call + " failed: file=" + file + " offset=" + offset + ": " + cause.getMessage(),
        file,
        offset,
        cause);
  }

  /** Path of the file, or the name that was given to a stream. */
  public String file() {
    return file;
  }

  /**
   * In bytes from the beginning of the file; in the decompressed records, if they are compressed;
   * or {@link #NO_OFFSET}.
   */
  public long offset() {
    return offset;
  }
}

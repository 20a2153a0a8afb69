// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a file of events cannot be read or written. The message has the file, the offset and
 * the reason.
 *
 * @since 0.1.0
 * @since 0.1.0
 */
public final class EventFileException extends IOException {

  private static final long serialVersionUID = 1L;

  /** The value of {@link #offset} for an error that has no place in the file. */
  public static final long NO_OFFSET = -1;

  /** See {@link #file()}. */
  private final String file;

  /** See {@link #offset()}. */
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

  /** {@return the path of the file, or the name that was given to a stream} */
  public String file() {
    return file;
  }

  /**
   * {@return the offset of the error in bytes from the beginning of the file, or {@link
   * #NO_OFFSET}} For compressed records, it is the offset in the decompressed records.
   */
  public long offset() {
    return offset;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The record of an agent's run, for the next agent on the same spool. Nobody can read the metrics
 * of an agent that has ended, so the next agent reports what this one has lost at its end.
 *
 * <p>The record is the file {@code run} in the spool's folder, one line of a fixed length. It is
 * overwritten in place, which needs no room on a full disk. Only the holder of the spool uses it.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class RunRecord {

  static final String FILE_NAME = "run";

  private static final int LINE_BYTES = 64;
  private static final String RUNNING = "running";
  private static final Pattern ENDED = Pattern.compile("ended lost=([0-9]{1,18})");

  private final Path file;

  /** Creates the record of a spool in this folder. */
  public RunRecord(Path folder) {
    file = folder.resolve(FILE_NAME);
  }

  /**
   * Reads the record of the previous agent. Returns null if there was none. An unreadable record
   * counts as that of an agent that did not end in order.
   */
  public @Nullable PreviousRun read() throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    byte[] line = new byte[LINE_BYTES];
    int length;
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      length = open.read(line);
    }
    Matcher ended = ENDED.matcher(new String(line, 0, Math.max(0, length), US_ASCII).strip());
    return ended.matches()
        ? new PreviousRun(true, Long.parseLong(ended.group(1)))
        : new PreviousRun(false, 0);
  }

  /** Records that an agent runs, until {@link #end}. */
  public void begin() throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Files.createFile(file, FolderStorage.OWNER_ONLY_FILE);
    }
    write(RUNNING, /* isSynced= */ true);
  }

  /** Records that the agent has ended in order. */
  public void end(long lostEvents) throws IOException {
    write("ended lost=" + lostEvents, /* isSynced= */ false);
  }

  private void write(String text, boolean isSynced) throws IOException {
    byte[] line = (text + " ".repeat(LINE_BYTES - 1 - text.length()) + "\n").getBytes(US_ASCII);
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.write(line);
      if (isSynced) {
        open.getFD().sync();
      }
    }
  }
}

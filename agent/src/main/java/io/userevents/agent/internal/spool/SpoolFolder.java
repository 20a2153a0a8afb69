// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Creates the folder of a spool, and reports its content in one log line. */
final class SpoolFolder {

  private static final Logger LOGGER = Logger.getLogger(Spool.class.getName());

  private SpoolFolder() {}

  /** Creates the folder and its parents, for their owner only, unless it exists. */
  static void create(Path folder, SpoolSettings settings) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      Files.createDirectories(parent, FolderStorage.OWNER_ONLY_FOLDER);
    }
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new SpoolException(
          "the spool's path is not a folder: folder=" + folder + "; choose another one", null);
    }
    Files.createDirectory(folder, FolderStorage.OWNER_ONLY_FOLDER);
    if (parent != null && settings.sync() == SpoolSettings.Sync.BATCH) {
      FolderStorage.sync(parent);
    }
  }

  /** Logs one line, unless the folder was empty. */
  static void report(
      Spool spool, Path folder, SpoolSettings settings, Recovery recovery, SpoolLoss full) {
    SpoolLoss damaged = recovery.damaged;
    boolean isLoss =
        !damaged.isNone()
            || !full.isNone()
            || !recovery.ignored.isEmpty()
            || !recovery.setAside.isEmpty();
    if (spool.recoveredBatches() == 0 && !isLoss) {
      return;
    }
    StringBuilder line =
        new StringBuilder("Opened a spool with waiting batches: folder=")
            .append(folder)
            .append(" batches=")
            .append(spool.batches())
            .append(" events=")
            .append(spool.events())
            .append(" bytes=")
            .append(spool.bytes());
    if (!damaged.isNone()) {
      line.append(" damagedBatches=")
          .append(damaged.batches())
          .append(" damagedEvents=")
          .append(damaged.events())
          .append(" uncountedStretches=")
          .append(damaged.uncounted())
          .append(" cutBytes=")
          .append(recovery.cutBytes)
          .append("; a process or machine that stops while it writes leaves one damaged batch at")
          .append(" the end; further damage is a fault of the disk");
    }
    if (!recovery.setAside.isEmpty()) {
      line.append("; the disk cannot read these files, and they are set aside: ")
          .append(recovery.setAside);
    }
    if (!full.isNone()) {
      line.append("; dropped to stay below maxBytes=")
          .append(settings.maxBytes())
          .append(": batches=")
          .append(full.batches())
          .append(" events=")
          .append(full.events());
    }
    if (!recovery.ignored.isEmpty()) {
      line.append("; these files do not belong to the spool and are left unchanged: ")
          .append(recovery.ignoredNames());
    }
    LOGGER.log(isLoss ? Level.WARNING : Level.INFO, line.toString());
  }
}

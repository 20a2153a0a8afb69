// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A separate process that uses a spool until it is killed or its input ends. */
final class SpoolProcess {

  static final SpoolSettings SETTINGS = Batches.segments(20_000);

  private static final int WAITING = 20;
  private static final int MAX_BYTES = 6_000;

  private SpoolProcess() {}

  /** Starts this program in a JVM. */
  static Process start(String... arguments) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp", classPath));
    command.add(SpoolProcess.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /**
   * Runs the program.
   *
   * @param arguments {@code hold FOLDER}, or {@code loop FOLDER FIRST SEED}, which appends batches
   *     with numbers from FIRST on, and removes the oldest, and says so once each is done
   */
  public static void main(String[] arguments) throws IOException {
    // The parent reads standard output alone; the line about recovered batches is not its matter.
    Logger.getLogger("").setLevel(Level.WARNING);
    Path folder = Path.of(arguments[1]);
    if (arguments[0].equals("hold")) {
      try (Spool spool = Spool.open(folder, SETTINGS)) {
        say("held " + spool.batches());
        while (System.in.read() >= 0) {}
      } catch (SpoolException e) {
        say(String.valueOf(e.getMessage()));
      }
      return;
    }
    try (Spool spool = Spool.open(folder, SETTINGS)) {
      loop(spool, Integer.parseInt(arguments[2]), new Random(Long.parseLong(arguments[3])));
    }
  }

  private static void loop(Spool spool, int first, Random random) throws IOException {
    for (int number = first; ; number++) {
      byte[] bytes = batch(number, random.nextInt(MAX_BYTES));
      spool.append(bytes, 0, bytes.length, 1, Batches.CREATED_MS);
      say("appended " + number);
      while (spool.batches() > WAITING) {
        SpooledBatch oldest = spool.peek();
        if (oldest == null) {
          throw new IllegalStateException("no batch is left: " + spool);
        }
        spool.remove();
        say("removed " + number(oldest.bytes()));
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** A batch that tells its number and whose bytes depend on it. */
  static byte[] batch(int number, int more) {
    byte[] bytes = (number + ":" + "~".repeat(more)).getBytes(StandardCharsets.US_ASCII);
    for (int i = bytes.length - more; i < bytes.length; i++) {
      bytes[i] = (byte) (number + i);
    }
    return bytes;
  }

  /** Returns the number of a batch, or throws if its bytes are not those that it was made with. */
  static int number(byte[] bytes) {
    int colon = 0;
    while (bytes[colon] != ':') {
      colon++;
    }
    int number = Integer.parseInt(new String(bytes, 0, colon, StandardCharsets.US_ASCII));
    byte[] expected = batch(number, bytes.length - colon - 1);
    if (!Arrays.equals(bytes, expected)) {
      throw new IllegalStateException("a batch has other bytes than it was made with: " + number);
    }
    return number;
  }
}

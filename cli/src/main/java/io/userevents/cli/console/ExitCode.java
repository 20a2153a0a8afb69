// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

/** Exit codes that mean the same for every command, and the lines that explain them in a help. */
public final class ExitCode {

  /** All went well. */
  public static final int OK = 0;

  /** The command failed; one line on standard error says why and what helps. */
  public static final int FAILURE = 1;

  /** Wrong arguments: {@code EX_USAGE} of {@code sysexits.h}; {@code doctor} needs 1 and 2. */
  public static final int USAGE = 64;

  /** SIGHUP, or a terminal that is gone: 128 and the signal's number. */
  public static final int SIGHUP = 129;

  /** A second SIGINT: 128 and the signal's number, as shells have it. */
  public static final int SIGINT = 130;

  /** The reader of the output has closed it: 128 and the number of SIGPIPE. */
  public static final int CLOSED_PIPE = 141;

  /** SIGTERM: 128 and the signal's number. */
  public static final int SIGTERM = 143;

  /** A file's content is malformed: {@code EX_DATAERR} of {@code sysexits.h}. */
  public static final int MALFORMED = 65;

  /** For {@code exitCodeListHeading}. */
  public static final String HEADING = "%nExit codes:%n";

  /** For {@code exitCodeList}. */
  public static final String FAILURE_LINE = "1:it failed, or the output could not be written";

  /** For {@code exitCodeList}. */
  public static final String USAGE_LINE = "64:the arguments are wrong";

  /** For {@code exitCodeList}. */
  public static final String SIGHUP_LINE = "129:SIGHUP ended it: its terminal was closed";

  /** For {@code exitCodeList}. */
  public static final String CLOSED_PIPE_LINE = "141:the reader of the output has closed it";

  /** For {@code exitCodeList}. */
  public static final String SIGTERM_LINE = "143:SIGTERM ended it";

  private ExitCode() {}
}

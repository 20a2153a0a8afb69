// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

/**
 * Exit codes with the same meaning for every command, and the lines that explain them in the help.
 */
public final class ExitCode {

  /** All went well. */
  public static final int OK = 0;

  /** The command failed. One line on standard error has the reason and a remedy. */
  public static final int FAILURE = 1;

  /** Wrong arguments: {@code EX_USAGE} of {@code sysexits.h}; {@code doctor} needs 1 and 2. */
  public static final int USAGE = 64;

  /** SIGHUP, or a closed terminal: 128 and the signal's number. */
  public static final int SIGHUP = 129;

  /** A second SIGINT: 128 and the signal's number, as in shells. */
  public static final int SIGINT = 130;

  /** The reader of the output has closed the pipe: 128 and the number of SIGPIPE. */
  public static final int CLOSED_PIPE = 141;

  /** SIGTERM: 128 and the signal's number. */
  public static final int SIGTERM = 143;

  /** A file's content is malformed: {@code EX_DATAERR} of {@code sysexits.h}. */
  public static final int MALFORMED = 65;

  /** For {@code exitCodeListHeading}. */
  public static final String HEADING = "%nExit codes:%n";

  /** For {@code exitCodeList}. */
  public static final String FAILURE_LINE =
      "1:the command failed, or the output could not be written";

  /** For {@code exitCodeList}. */
  public static final String USAGE_LINE = "64:the arguments are wrong";

  /** For {@code exitCodeList}. */
  public static final String SIGHUP_LINE = "129:SIGHUP ended it because its terminal was closed";

  /** For {@code exitCodeList}. */
  public static final String SIGINT_LINE = "130:a second Ctrl-C ended it";

  /** For {@code exitCodeList}. */
  public static final String CLOSED_PIPE_LINE = "141:the reader closed the pipe of the output";

  /** For {@code exitCodeList}. */
  public static final String SIGTERM_LINE = "143:SIGTERM ended it";

  private ExitCode() {}
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.testing;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that runs a program of the tests in a separate JVM. */
public final class ChildJvm {

  /** A flag that Agrona may need; see test.jvm.args in the build. */
  private static final String ADD_EXPORTS = "--add-exports=";

  private ChildJvm() {}

  /**
   * The same Java and class path as this process, and what modules were opened to it.
   *
   * @param options of the JVM, for instance of its heap
   */
  public static List<String> command(Class<?> program, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith(ADD_EXPORTS))
        .forEach(command::add);
    command.addAll(options);
    // Surefire's own class path is a jar that refers to the real one.
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    command.addAll(List.of("-cp", classPath, program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}

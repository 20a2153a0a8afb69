// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The results of a run, as {@code results.json} has them.
 *
 * @param command command line of the run
 * @param machine machine of the run
 * @param failures failures of experiments, a line for each
 * @param sections sections of the experiments that have ended, in the order of the page
 */
record Results(String command, Machine machine, List<String> failures, List<Section> sections) {

  private static final String PAGE = "benchmarks.md";
  private static final String PARTS = "benchmarks";
  private static final String DATA = "results.json";

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * Reads the results that {@link #write} wrote.
   *
   * @throws IOException if the file cannot be read, or has other content
   */
  static Results read(Path file) throws IOException {
    return MAPPER.readValue(file.toFile(), Results.class);
  }

  /** Writes the page, and next to it a folder with the plots and the results as JSON. */
  void write(Path folder) throws IOException {
    Path parts = Files.createDirectories(folder.resolve(PARTS));
    for (Section section : sections) {
      Plot.write(section, parts.resolve(section.id() + ".svg"));
    }
    MAPPER.writeValue(parts.resolve(DATA).toFile(), this);
    Files.writeString(page(folder), Page.of(machine, command, sections, failures));
  }

  static Path page(Path folder) {
    return folder.resolve(PAGE);
  }
}

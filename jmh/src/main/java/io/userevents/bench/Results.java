// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a run has measured, as {@code results.json} has it.
 *
 * @param command that measured it
 * @param machine on which it was measured
 * @param failures of experiments, a line for each
 * @param sections of the experiments that have ended, in the order of the page
 */
record Results(String command, Machine machine, List<String> failures, List<Section> sections) {

  private static final String PAGE = "benchmarks.md";
  private static final String PARTS = "benchmarks";
  private static final String DATA = "results.json";

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it cannot be read, or has something else
   */
  static Results read(Path file) throws IOException {
    return MAPPER.readValue(file.toFile(), Results.class);
  }

  /** Writes the page, and beside it a folder with the plots and the results as JSON. */
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

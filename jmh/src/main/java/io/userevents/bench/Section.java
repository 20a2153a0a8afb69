// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The results of one experiment.
 *
 * @param id name of the experiment
 * @param title title of its part of the page
 * @param meaning full sentences that say what a figure is and what it means to a user
 * @param unit unit of the values, such as {@code ns/record}
 * @param variantName name of the parameter, such as {@code threads}; empty if there is none
 * @param isLowerBetter whether the smaller of two values is the better one
 * @param commands commands that measure single figures
 * @param figures figures in the order of the table
 * @param comparisons comparisons for the sentences below the table
 * @param notes notes about parts that were left out, with the reason
 * @param rate unit of the rate that the plot has in place of the times, such as {@code points per
 *     second}, for times in nanoseconds; null if the plot has the values
 */
record Section(
    String id,
    String title,
    String meaning,
    String unit,
    String variantName,
    boolean isLowerBetter,
    List<String> commands,
    List<Figure> figures,
    List<Comparison> comparisons,
    List<String> notes,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String rate) {

  /** Creates results whose plot has the values of the table. */
  Section(
      String id,
      String title,
      String meaning,
      String unit,
      String variantName,
      boolean isLowerBetter,
      List<String> commands,
      List<Figure> figures,
      List<Comparison> comparisons,
      List<String> notes) {
    this(
        id,
        title,
        meaning,
        unit,
        variantName,
        isLowerBetter,
        commands,
        figures,
        comparisons,
        notes,
        null);
  }

  /** A subject that is compared with another for each variant that both have. */
  record Comparison(String subject, String peer) {}

  /** Returns the subjects in the order of the table. */
  @JsonIgnore
  List<String> subjects() {
    return figures.stream().map(Figure::subject).distinct().toList();
  }

  /** Returns the variants in the order of the table. */
  @JsonIgnore
  List<String> variants() {
    return figures.stream().map(Figure::variant).distinct().toList();
  }

  Optional<Figure> figure(String subject, String variant) {
    return figures.stream()
        .filter(figure -> figure.subject().equals(subject) && figure.variant().equals(variant))
        .findFirst();
  }
}

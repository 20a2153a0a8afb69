// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Optional;

/**
 * What one experiment has measured.
 *
 * @param id of the experiment
 * @param title of its part of the page
 * @param meaning says in full sentences what a figure is, and what it means to a user
 * @param unit of the values, such as {@code ns/record}
 * @param variantName of the parameter, such as {@code threads}; empty if there is none
 * @param isLowerBetter whether the smaller of two values is the better one
 * @param commands that measure the same one by one
 * @param figures in the order of the table
 * @param comparisons that sentences below the table make
 * @param notes what was left out, and why
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
    List<String> notes) {

  /** A subject that is compared with another for each variant that both have. */
  record Comparison(String subject, String peer) {}

  /** Subjects in the order of the table. */
  @JsonIgnore
  List<String> subjects() {
    return figures.stream().map(Figure::subject).distinct().toList();
  }

  /** Variants in the order of the table. */
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

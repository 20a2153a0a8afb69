// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes the sections as a page of Markdown: a table, a plot, and a sentence for each comparison. A
 * peer that wins is said to.
 */
final class Page {

  /** Below these, a figure has decimals. */
  private static final double DECIMALS = 100;

  private static final String NO_ERROR = "";

  private Page() {}

  static String of(Machine machine, String command, List<Section> sections, List<String> failures) {
    StringBuilder page = new StringBuilder("# Benchmark report\n\n");
    page.append("Written by `").append(command).append("`, ").append(machine.measured());
    page.append(".\nRatios of one run can be compared; times are the machine's.\n\n");
    page.append("- Processor: ").append(machine.processor()).append(", ");
    page.append(machine.processors()).append(" for the JVM\n");
    page.append("- Linux ").append(machine.kernel()).append('\n');
    page.append("- JDK: ").append(machine.jdk()).append('\n');
    page.append(
        String.format(
            Locale.ROOT, "- Load before the run: %.1f%s%n", machine.loadBefore(), busy(machine)));
    for (String failure : failures) {
      page.append("- Failed: ").append(failure).append('\n');
    }
    sections.forEach(section -> append(page, section));
    return page.toString();
  }

  private static String busy(Machine machine) {
    return machine.isBusy()
        ? " (other work is in the figures: run it again on an idle machine)"
        : "";
  }

  private static void append(StringBuilder page, Section section) {
    page.append("\n## ").append(section.title()).append("\n\n");
    page.append(section.meaning()).append("\n\n```sh\n");
    section.commands().forEach(command -> page.append(command).append('\n'));
    page.append("```\n\n");
    appendTable(page, section);
    page.append("\n![").append(section.title()).append("](").append(section.id()).append(".svg)\n");
    List<String> sentences =
        section.comparisons().stream().flatMap(c -> sentences(section, c)).toList();
    if (!sentences.isEmpty() || !section.notes().isEmpty()) {
      page.append('\n');
    }
    sentences.forEach(sentence -> page.append("- ").append(sentence).append('\n'));
    section.notes().forEach(note -> page.append("- ").append(note).append('\n'));
  }

  private static void appendTable(StringBuilder page, Section section) {
    boolean hasVariants = !section.variantName().isEmpty();
    boolean hasBytes = section.figures().stream().anyMatch(figure -> figure.bytes() != null);
    page.append("| ").append(section.unit());
    page.append(hasVariants ? ", " + section.variantName() + ":" : "").append(" |");
    for (String variant : section.variants()) {
      page.append(' ').append(variant).append(" |");
    }
    page.append(hasBytes ? " B/op |" : "").append("\n|---|");
    page.append("---:|".repeat(section.variants().size() + (hasBytes ? 1 : 0))).append('\n');
    for (String subject : section.subjects()) {
      page.append("| ").append(subject).append(" |");
      for (String variant : section.variants()) {
        page.append(' ');
        page.append(section.figure(subject, variant).map(Page::text).orElse("")).append(" |");
      }
      page.append(hasBytes ? " " + bytes(section, subject) + " |" : "").append('\n');
    }
  }

  /** Of the last variant, as the largest shows best whether something is allocated for each. */
  private static String bytes(Section section, String subject) {
    List<String> variants = section.variants();
    return section
        .figure(subject, variants.get(variants.size() - 1))
        .map(Figure::bytes)
        .map(Page::number)
        .orElse("");
  }

  private static java.util.stream.Stream<String> sentences(
      Section section, Section.Comparison comparison) {
    return section.variants().stream()
        .map(variant -> sentence(section, comparison, variant))
        .flatMap(Optional::stream);
  }

  private static Optional<String> sentence(
      Section section, Section.Comparison comparison, String variant) {
    Optional<Figure> subject = section.figure(comparison.subject(), variant);
    Optional<Figure> peer = section.figure(comparison.peer(), variant);
    if (subject.isEmpty() || peer.isEmpty()) {
      return Optional.empty();
    }
    Figure.Ratio ratio =
        section.isLowerBetter()
            ? peer.get().dividedBy(subject.get())
            : subject.get().dividedBy(peer.get());
    boolean isBetter = ratio.value() >= 1;
    Figure.Ratio shown = isBetter ? ratio : ratio.inverse();
    String where = variant.isEmpty() ? "" : "With " + variant + " " + section.variantName() + ", ";
    return Optional.of(
        where
            + "`"
            + (isBetter ? comparison.subject() : comparison.peer())
            + "` needs "
            + number(shown.value())
            + error(shown.error())
            + " times less than `"
            + (isBetter ? comparison.peer() : comparison.subject())
            + "`"
            + (isBetter ? "." : ": the peer wins."));
  }

  private static String text(Figure figure) {
    return number(figure.value()) + error(figure.error());
  }

  private static String error(double error) {
    return Double.isNaN(error) ? NO_ERROR : " ± " + number(error);
  }

  private static String number(double value) {
    double size = Math.abs(value);
    String format = size >= DECIMALS ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}

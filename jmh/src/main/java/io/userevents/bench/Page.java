// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes the sections as a page of Markdown: a table, a plot, and a sentence for each comparison.
 * The sentence also says when the peer wins.
 */
final class Page {

  private static final int LINE = 120;

  private Page() {}

  static String of(Machine machine, String command, List<Section> sections, List<String> failures) {
    StringBuilder page = new StringBuilder("# Benchmark report\n\n");
    page.append("Written by `").append(command).append("`, ").append(machine.measured());
    page.append(".\nRatios of one run can be compared; times are the machine's.\n\n");
    page.append("- Processor `").append(machine.processor()).append("`, ");
    page.append(machine.processors()).append(" for the JVM\n");
    page.append("- Kernel `Linux ").append(machine.kernel()).append("`\n");
    page.append("- JDK `").append(machine.jdk()).append("`\n");
    page.append(
        String.format(
            Locale.ROOT,
            "- Processors in use before the run: %.0f %%%s%n",
            machine.busyPercent(),
            busy(machine)));
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
    page.append(wrapped(section.meaning(), "")).append("\n\n```sh\n");
    section.commands().forEach(command -> page.append(command).append('\n'));
    page.append("```\n\n");
    appendTable(page, section);
    page.append("\n![").append(section.title()).append("](benchmarks/");
    page.append(section.id()).append(".svg)\n");
    List<String> sentences =
        section.comparisons().stream().flatMap(c -> sentences(section, c)).toList();
    if (!sentences.isEmpty() || !section.notes().isEmpty()) {
      page.append('\n');
    }
    sentences.forEach(sentence -> page.append(wrapped("- " + sentence, "  ")).append('\n'));
    section.notes().forEach(note -> page.append(wrapped("- " + note, "  ")).append('\n'));
  }

  /** Breaks a paragraph into lines, and indents those after the first. */
  private static String wrapped(String paragraph, String indent) {
    StringBuilder text = new StringBuilder();
    int length = 0;
    for (String word : paragraph.split(" ", -1)) {
      if (length > 0 && length + 1 + word.length() > LINE) {
        text.append('\n').append(indent);
        length = indent.length();
      } else if (length > 0) {
        text.append(' ');
        length++;
      }
      text.append(word);
      length += word.length();
    }
    return text.toString();
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

  /**
   * Returns the bytes of the last variant, because the largest shows best whether each operation
   * allocates.
   */
  private static String bytes(Section section, String subject) {
    List<String> variants = section.variants();
    return section
        .figure(subject, variants.get(variants.size() - 1))
        .map(Figure::bytes)
        .map(bytes -> String.format(Locale.ROOT, bytes < 100 ? "%.2f" : "%,.0f", bytes))
        .orElse("");
  }

  private static Stream<String> sentences(Section section, Section.Comparison comparison) {
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
    String where = variant.isEmpty() ? "" : section.variantName() + " " + variant + ": ";
    String ours = "`" + comparison.subject() + "`";
    String theirs = "`" + comparison.peer() + "`";
    if (ratio.isOpen()) {
      String open = " cannot be told apart in this run: ratio ";
      return Optional.of(
          where + ours + " and " + theirs + open + text(ratio.value(), ratio.error()) + ".");
    }
    if (ratio.value() >= 1) {
      return Optional.of(where + needsLess(ours, ratio, theirs) + ".");
    }
    return Optional.of(where + needsLess(theirs, ratio.inverse(), ours) + ": the peer wins.");
  }

  private static String needsLess(String better, Figure.Ratio ratio, String other) {
    return better + " needs " + text(ratio.value(), ratio.error()) + " times less than " + other;
  }

  private static String text(Figure figure) {
    return text(figure.value(), figure.error());
  }

  /** Returns a value and its error, with a number of decimals that depends on the value. */
  private static String text(double value, double error) {
    String format = format(value);
    String number = String.format(Locale.ROOT, format, value);
    return Double.isNaN(error)
        ? number
        : number + " ± " + String.format(Locale.ROOT, format, error);
  }

  private static String format(double value) {
    if (value >= 100) {
      return "%,.0f";
    }
    if (value >= 10) {
      return "%.1f";
    }
    return value >= 0.1 || value == 0 ? "%.2f" : "%.4f";
  }
}

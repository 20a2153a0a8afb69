// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the sections as a page of Markdown: a table of the figures, a plot, and a table of the
 * comparisons, which also says where the peer wins.
 */
final class Page {

  private static final int LINE = 120;

  private static final String RATIOS =
      "Ratios of one run can be compared; times are the machine's. In the tables `times less`, `peer"
          + " wins` has how many times less the second one needs than the first, and `open` means that"
          + " the errors do not tell which one needs less. A section without a text has that of the"
          + " section before.";

  private Page() {}

  static String of(Machine machine, String command, List<Section> sections, List<String> failures) {
    StringBuilder page = new StringBuilder("# Benchmark report\n\n");
    String written = "Written by `" + command + "`, " + machine.measured() + ". ";
    page.append(wrapped(written + RATIOS, "")).append("\n\n");
    String processors =
        String.format(
            Locale.ROOT,
            "- Processor `%s`, %d for the JVM, %.0f %% in use before the run%s",
            machine.processor(),
            machine.processors(),
            machine.busyPercent(),
            busy(machine));
    page.append(wrapped(processors, "  ")).append('\n');
    page.append("- Kernel `Linux ").append(machine.kernel()).append("`, JDK `");
    page.append(machine.jdk()).append("`\n");
    for (String failure : failures) {
      page.append("- Failed: ").append(failure).append('\n');
    }
    Section last = null;
    for (Section section : sections) {
      append(page, section, last);
      last = section;
    }
    return page.toString();
  }

  private static String busy(Machine machine) {
    return machine.isBusy()
        ? " (other work is in the figures: run it again on an idle machine)"
        : "";
  }

  /** Appends a section, without the texts that it shares with the one before. */
  private static void append(StringBuilder page, Section section, @Nullable Section last) {
    page.append("\n## ").append(section.title()).append("\n\n");
    if (last == null || !last.meaning().equals(section.meaning())) {
      page.append(wrapped(section.meaning(), "")).append("\n\n");
    }
    if (last == null || !last.commands().equals(section.commands())) {
      page.append("```sh\n");
      section.commands().forEach(command -> page.append(command).append('\n'));
      page.append("```\n\n");
    }
    appendTable(page, section);
    page.append("\n![").append(section.title()).append("](benchmarks/");
    page.append(section.id()).append(".svg)\n");
    appendRatios(page, section);
    if (!section.notes().isEmpty()) {
      page.append('\n');
    }
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

  private static void appendRatios(StringBuilder page, Section section) {
    List<String> rows =
        section.comparisons().stream().map(c -> row(section, c)).flatMap(Optional::stream).toList();
    if (rows.isEmpty()) {
      return;
    }
    List<String> variants = section.variants();
    boolean hasVariants = !section.variantName().isEmpty();
    page.append("\n| times less").append(hasVariants ? ", " + section.variantName() + ":" : "");
    page.append(" |");
    variants.forEach(variant -> page.append(' ').append(variant).append(" |"));
    page.append("\n|---|").append("---:|".repeat(variants.size())).append('\n');
    rows.forEach(row -> page.append(row).append('\n'));
  }

  /** Returns the row of a comparison; nothing if the subject or the peer was left out. */
  private static Optional<String> row(Section section, Section.Comparison comparison) {
    List<Optional<String>> ratios =
        section.variants().stream().map(variant -> ratio(section, comparison, variant)).toList();
    if (ratios.stream().allMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    StringBuilder row = new StringBuilder("| `").append(comparison.subject());
    row.append("` than `").append(comparison.peer()).append("` |");
    ratios.forEach(ratio -> row.append(' ').append(ratio.orElse("")).append(" |"));
    return Optional.of(row.toString());
  }

  private static Optional<String> ratio(
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
    if (ratio.isOpen()) {
      return Optional.of("open, " + text(ratio));
    }
    return Optional.of(ratio.value() >= 1 ? text(ratio) : "peer wins, " + text(ratio.inverse()));
  }

  private static String text(Figure.Ratio ratio) {
    return text(ratio.value(), ratio.error());
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

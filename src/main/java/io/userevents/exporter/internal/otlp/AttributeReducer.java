// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.AttributeType;
import io.userevents.exporter.internal.otlp.EnvelopeReduction.Cut;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes an attribute set fit into a number of bytes. It takes these steps in order, each only as
 * far as necessary and with the longest attribute first:
 *
 * <ol>
 *   <li>Attributes that have the command line are cut, or left out if less than the shortest text
 *       would be left of them.
 *   <li>Other texts and arrays of texts are cut, but not below the shortest text.
 *   <li>The same is done with those by which a resource is recognised: {@code service.*}, {@code
 *       host.*}, {@code *.id}.
 *   <li>Attributes by which a resource is not recognised are left out.
 *   <li>The others are left out, {@code service.name} last.
 * </ol>
 *
 * <p>The shortest text is an eighth of the available bytes. A text that is cut ends with {@link
 * CutText#MARK}; an array keeps its first elements and has the mark as its last one. Values of
 * other types are whole or left out.
 *
 * <p>It allocates, because it is used only where an attribute set is encoded for the first time.
 */
final class AttributeReducer {

  /** The ranks, in the order in which attributes are reduced. */
  private enum Rank {
    COMMAND_LINE,
    ORDINARY,
    IDENTIFYING,
    SERVICE_NAME
  }

  private static final NamePatterns COMMAND_LINE =
      NamePatterns.of(List.of("process.command*", "process.args*", "process.executable.*"));
  private static final NamePatterns IDENTIFYING =
      NamePatterns.of(List.of("service.*", "host.*", "*.id"));
  private static final String SERVICE_NAME = "service.name";

  private static final int SHORTEST_SHARE = 8;

  /** The most bytes by which the three lengths around an empty text grow with the text. */
  private static final int TEXT_HEADER_GROWTH = 6;

  private final AttributeList list;
  private final int available;
  private final int shortest;
  private final ProtoWriter measure = new ProtoWriter(0);
  private final Rank[] ranks;
  private final int[] originalLengths;
  private final int[] lengths;
  private final boolean[] cut;
  private long total;

  private AttributeReducer(AttributeList list, int available) {
    this.list = list;
    this.available = available;
    this.shortest = available / SHORTEST_SHARE;
    ranks = new Rank[list.size()];
    originalLengths = new int[list.size()];
    cut = new boolean[list.size()];
    for (int i = 0; i < list.size(); i++) {
      originalLengths[i] = measure(i, list.value(i));
      total += originalLengths[i];
      ranks[i] = rank(list.key(i).getKey());
    }
    lengths = originalLengths.clone();
  }

  /**
   * Reduces only the attributes that have the command line.
   *
   * @param available available bytes; below 0 if other parts take more than there is
   * @param cuts receives an entry for each attribute that is not whole any more
   * @return whether all attributes fit now; if not, no command line is left
   */
  static boolean reduceCommandLine(AttributeList list, int available, List<Cut> cuts) {
    AttributeReducer reducer = new AttributeReducer(list, Math.max(0, available));
    reducer.reduceCommandLine();
    reducer.finish(cuts);
    return available >= 0 && reducer.total <= available;
  }

  /**
   * Reduces the list.
   *
   * @param available available bytes
   * @param cuts receives an entry for each attribute that is not whole any more
   */
  static void reduce(AttributeList list, int available, List<Cut> cuts) {
    AttributeReducer reducer = new AttributeReducer(list, Math.max(0, available));
    reducer.reduce();
    reducer.finish(cuts);
  }

  private static Rank rank(String name) {
    if (COMMAND_LINE.matches(name)) {
      return Rank.COMMAND_LINE;
    } else if (name.equals(SERVICE_NAME)) {
      return Rank.SERVICE_NAME;
    }
    return IDENTIFYING.matches(name) ? Rank.IDENTIFYING : Rank.ORDINARY;
  }

  private void reduceCommandLine() {
    each(i -> ranks[i] == Rank.COMMAND_LINE, this::cutOrLeaveOut);
  }

  private void reduce() {
    reduceCommandLine();
    each(i -> !isIdentifying(i) && isCuttable(i), this::cutToShortest);
    each(i -> isIdentifying(i) && isCuttable(i), this::cutToShortest);
    each(i -> !isIdentifying(i), this::leaveOut);
    each(i -> ranks[i] != Rank.SERVICE_NAME, this::leaveOut);
    each(i -> true, this::leaveOut);
  }

  private interface Step {
    void apply(int index);
  }

  /**
   * Applies the step once to each candidate, the longest first, until all fit. A step changes its
   * candidate only, so that they are sorted once.
   */
  private void each(IntPredicate candidates, Step step) {
    if (total <= available) {
      return;
    }
    List<Integer> longestFirst = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] > 0 && candidates.test(i)) {
        longestFirst.add(i);
      }
    }
    longestFirst.sort(Comparator.comparingInt((Integer i) -> lengths[i]).reversed());
    for (int i : longestFirst) {
      if (total <= available) {
        return;
      }
      step.apply(i);
    }
  }

  private boolean isIdentifying(int i) {
    return ranks[i].compareTo(Rank.IDENTIFYING) >= 0;
  }

  private boolean isCuttable(int i) {
    return !cut[i] && lengths[i] > shortest && (list.value(i) instanceof String || isTextArray(i));
  }

  private boolean isTextArray(int i) {
    return list.value(i) instanceof List<?> && list.key(i).getType() == AttributeType.STRING_ARRAY;
  }

  private void cutOrLeaveOut(int i) {
    if (lengths[i] - excess() < shortest || !cut(i, lengths[i] - excess())) {
      leaveOut(i);
    }
  }

  private void cutToShortest(int i) {
    cut[i] = true;
    boolean unused = cut(i, Math.max(shortest, lengths[i] - excess()));
  }

  private long excess() {
    return total - available;
  }

  /**
   * Cuts an attribute to at most this length. Returns false, without a cut, if it is not longer or
   * cannot be cut that far.
   */
  private boolean cut(int i, long maxLength) {
    Object shorter = null;
    if (list.value(i) instanceof String text) {
      long room = maxLength - measure(i, "") - TEXT_HEADER_GROWTH;
      shorter = room > 0 ? CutText.cut(text, (int) room) : null;
    } else if (isTextArray(i)) {
      shorter = firstElements(i, (List<?>) list.value(i), (int) maxLength);
    }
    if (shorter == null) {
      return false;
    }
    int length = measure(i, shorter);
    if (length >= lengths[i] || length > maxLength) {
      return false;
    }
    list.setValue(i, shorter);
    setLength(i, length);
    cut[i] = true;
    return true;
  }

  private @Nullable List<Object> firstElements(int i, List<?> elements, int maxLength) {
    // An element takes at least two bytes, so that no more of them are copied.
    int high = Math.min(elements.size(), maxLength / 2);
    List<Object> copy = new ArrayList<>();
    for (Object element : elements) {
      if (copy.size() == high) {
        break;
      }
      copy.add(element);
    }
    int low = 0;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (measure(i, marked(copy, middle)) <= maxLength) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low == 0 ? null : marked(copy, low);
  }

  private static List<Object> marked(List<Object> elements, int count) {
    List<Object> marked = new ArrayList<>(elements.subList(0, count));
    marked.add(CutText.MARK);
    return marked;
  }

  private void leaveOut(int i) {
    setLength(i, 0);
  }

  private void setLength(int i, int length) {
    total += length - lengths[i];
    lengths[i] = length;
  }

  private int measure(int i, Object value) {
    measure.reset();
    AnyValueEncoder.keyValue(measure, OtlpFields.Resource.ATTRIBUTES, list.key(i), value);
    return measure.length();
  }

  private void finish(List<Cut> cuts) {
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] < originalLengths[i]) {
        int original = originalLengths[i];
        cuts.add(
            new Cut(
                list.key(i).getKey(),
                original < ProtoWriter.MEASURE_LIMIT ? original : Integer.MAX_VALUE,
                lengths[i]));
      }
    }
    for (int i = lengths.length - 1; i >= 0; i--) {
      if (lengths[i] == 0) {
        list.remove(i);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds classes and packages of this project that refer to each other in a circle, by {@code jdeps}
 * of the JDK. A nested class counts as the class that it is nested in.
 */
public final class Circles {

  private static final Pattern REFERENCE =
      Pattern.compile("^ +(io\\.userevents\\.\\S+) +-> (io\\.userevents\\.\\S+)");

  private final SortedMap<String, Set<String>> classes = new TreeMap<>();

  private Circles() {}

  /** Reads all classes of the modules that these classes are in. */
  public static Circles among(Class<?>... ofModules) {
    String references = ClassReferences.of(ofModules);
    Circles circles = new Circles();
    references.lines().map(REFERENCE::matcher).filter(Matcher::find).forEach(circles::add);
    if (circles.classes.isEmpty()) {
      throw new IllegalStateException("jdeps found no references:\n" + references);
    }
    return circles;
  }

  /** Returns the circles of packages, each with the names of its packages. */
  public List<SortedSet<String>> ofPackages() {
    SortedMap<String, Set<String>> packages = new TreeMap<>();
    UnaryOperator<String> packageOf = name -> name.substring(0, name.lastIndexOf('.'));
    classes.forEach(
        (from, targets) ->
            targets.forEach(to -> add(packages, packageOf.apply(from), packageOf.apply(to))));
    return in(packages);
  }

  /** Returns the circles of classes, each with the simple names of its classes. */
  public List<SortedSet<String>> ofClasses() {
    List<SortedSet<String>> circles = new ArrayList<>();
    for (SortedSet<String> circle : in(classes)) {
      SortedSet<String> simpleNames = new TreeSet<>();
      circle.forEach(name -> simpleNames.add(name.substring(name.lastIndexOf('.') + 1)));
      circles.add(simpleNames);
    }
    return circles;
  }

  private void add(Matcher reference) {
    add(classes, outermost(reference.group(1)), outermost(reference.group(2)));
  }

  private static void add(Map<String, Set<String>> graph, String from, String to) {
    if (!from.equals(to)) {
      graph.computeIfAbsent(from, name -> new TreeSet<>()).add(to);
    }
  }

  /** Two are in the same circle if each can be reached from the other. */
  private static List<SortedSet<String>> in(Map<String, Set<String>> graph) {
    Map<String, Set<String>> reachable = new TreeMap<>();
    graph.keySet().forEach(name -> reachable.put(name, reachableFrom(name, graph)));
    List<SortedSet<String>> circles = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    reachable.forEach(
        (name, others) -> {
          if (others.contains(name) && !seen.contains(name)) {
            SortedSet<String> circle = new TreeSet<>(others);
            circle.removeIf(other -> !reachable.getOrDefault(other, Set.of()).contains(name));
            seen.addAll(circle);
            circles.add(circle);
          }
        });
    return circles;
  }

  private static Set<String> reachableFrom(String name, Map<String, Set<String>> graph) {
    Set<String> reached = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(graph.get(name));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (reached.add(next)) {
        open.addAll(graph.getOrDefault(next, Set.of()));
      }
    }
    return reached;
  }

  private static String outermost(String name) {
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.site;

import io.userevents.site.MarkdownPage.Reference;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds links that lead nowhere. Links to other hosts are not followed, so that a build needs no
 * network for its tests.
 */
final class LinkCheck {

  private final Path project;
  private final Map<Path, MarkdownPage> pages = new HashMap<>();

  /**
   * @param project the folder that no link may leave
   */
  LinkCheck(Path project) {
    this.project = project.toAbsolutePath().normalize();
  }

  /** One line for each dead link of these pages. */
  List<String> deadLinks(List<Path> files) {
    List<String> dead = new ArrayList<>();
    for (Path file : files) {
      Path absolute = file.toAbsolutePath().normalize();
      for (Reference reference : page(absolute).references()) {
        String cause = cause(absolute, reference.target());
        if (!cause.isEmpty()) {
          dead.add(
              project.relativize(absolute)
                  + ":"
                  + reference.line()
                  + " link="
                  + reference.target()
                  + " cause="
                  + cause);
        }
      }
    }
    return dead;
  }

  /** Why a link of the page is dead; empty if it is not. */
  private String cause(Path page, String target) {
    URI uri;
    try {
      uri = new URI(target);
    } catch (URISyntaxException e) {
      return "no URI: " + e.getReason();
    }
    if (uri.getScheme() != null) {
      return uri.getScheme().matches("https?|mailto") ? "" : "scheme";
    }
    String path = uri.getPath();
    if (path.startsWith("/")) {
      return "absolute path";
    }
    Path file = path.isEmpty() ? page : page.resolveSibling(path).normalize();
    if (!file.startsWith(project)) {
      return "outside the project";
    }
    return deadPath(file, uri.getFragment());
  }

  /**
   * Why a path is dead.
   *
   * @param file a normalized path
   * @param anchor null or empty for none
   */
  String deadPath(Path file, String anchor) {
    Path absolute = project.resolve(file);
    if (!Files.exists(absolute)) {
      return "no such file";
    }
    if (ProjectFiles.isBuilt(project.relativize(absolute))) {
      return "made by the build";
    }
    if (anchor == null || anchor.isEmpty()) {
      return "";
    }
    if (!absolute.toString().endsWith(".md")) {
      return "anchor of a file that is no page";
    }
    return page(absolute).hasAnchor(anchor) ? "" : "no such anchor";
  }

  private MarkdownPage page(Path file) {
    return pages.computeIfAbsent(file, MarkdownPage::of);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.userevents.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.ListBlock;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/** The links of a page of Markdown, those to pictures included, its anchors and its lists. */
final class MarkdownPage {

  /**
   * A link as the page has it.
   *
   * @param line the line of the page, from 1
   * @param target the path or URL, with the anchor
   */
  record Reference(int line, String target) {}

  private static final Parser PARSER =
      Parser.builder()
          .extensions(List.of(TablesExtension.create()))
          .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES)
          .build();
  private static final Pattern HTML_TARGET = Pattern.compile("\\b(?:href|src)=\"([^\"]*)\"");
  private static final Pattern HTML_ANCHOR = Pattern.compile("\\b(?:id|name)=\"([^\"]*)\"");

  private final List<Reference> references = new ArrayList<>();
  private final Set<String> anchors = new HashSet<>();
  private final List<Integer> flatBlocks = new ArrayList<>();

  private final List<String> lines;

  private MarkdownPage(String text) {
    lines = text.lines().toList();
    PARSER.parse(text).accept(new Collector());
  }

  static MarkdownPage of(Path file) {
    try {
      return new MarkdownPage(Files.readString(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  List<Reference> references() {
    return references;
  }

  boolean hasAnchor(String anchor) {
    return anchors.contains(anchor);
  }

  /**
   * The lines of blocks in lists that are indented by fewer than four spaces for each level, and of
   * items without a blank line after the paragraphs of the item before.
   */
  List<Integer> flatBlocks() {
    return flatBlocks;
  }

  private final class Collector extends AbstractVisitor {

    private final GitHubAnchors headings = new GitHubAnchors();
    private int level;

    @Override
    public void visit(Heading heading) {
      anchors.add(headings.next(text(heading)));
      visitChildren(heading);
    }

    @Override
    public void visit(Link link) {
      references.add(new Reference(line(link), link.getDestination()));
      visitChildren(link);
    }

    @Override
    public void visit(Image image) {
      references.add(new Reference(line(image), image.getDestination()));
      visitChildren(image);
    }

    @Override
    public void visit(ListItem item) {
      if (item.getPrevious() != null
          && item.getPrevious().getLastChild() != item.getPrevious().getFirstChild()
          && !(item.getPrevious().getLastChild() instanceof ListBlock)
          && !lines.get(line(item) - 2).isBlank()) {
        flatBlocks.add(line(item));
      }
      level++;
      Node first = item.getFirstChild();
      for (Node block = first == null ? null : first.getNext();
          block != null;
          block = block.getNext()) {
        if (indentation(line(block)) < 4 * level) {
          flatBlocks.add(line(block));
        }
      }
      visitChildren(item);
      level--;
    }

    @Override
    public void visit(HtmlInline html) {
      html(html, html.getLiteral());
    }

    @Override
    public void visit(HtmlBlock html) {
      html(html, html.getLiteral());
    }

    private void html(Node node, String literal) {
      for (Matcher target = HTML_TARGET.matcher(literal); target.find(); ) {
        references.add(new Reference(line(node), target.group(1)));
      }
      for (Matcher anchor = HTML_ANCHOR.matcher(literal); anchor.find(); ) {
        anchors.add(anchor.group(1));
      }
    }
  }

  private int indentation(int line) {
    String text = lines.get(line - 1);
    return text.length() - text.stripLeading().length();
  }

  private static int line(Node node) {
    return node.getSourceSpans().isEmpty() ? 0 : node.getSourceSpans().get(0).getLineIndex() + 1;
  }

  private static String text(Node heading) {
    StringBuilder text = new StringBuilder();
    heading.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Text node) {
            text.append(node.getLiteral());
          }

          @Override
          public void visit(Code node) {
            text.append(node.getLiteral());
          }
        });
    return text.toString();
  }
}

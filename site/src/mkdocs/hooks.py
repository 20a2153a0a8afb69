# SPDX-License-Identifier: Apache-2.0
"""Adds to the site the files that lie outside docs, and turns links to them into links within the site.

README.md is the first page, CONTRIBUTING.md and CHANGELOG.md are pages. Each other file of the project that a page
links to becomes a page with the file's text, so that the site is complete without a server that shows the sources.
"""

import os
import posixpath
import re
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, InclusionLevel
from pymdownx.slugs import slugify

PROJECT = Path(__file__).resolve().parents[3]
JAVADOC = PROJECT / "site" / "target" / "reports" / "apidocs"
JAVADOC_FONTS = "javadoc/resources/fonts/dejavu.css"
# A table scrolls on a narrow screen; the names in it stay whole.
TABLES = ".md-typeset table:not([class]) code { white-space: nowrap; }\n"
ROOT_PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
LANGUAGES = {".java": "java", ".xml": "xml", ".yaml": "yaml", ".yml": "yaml", ".py": "python", ".c": "c", ".rs": "rust"}
# [text](target) and [name]: target
LINK = re.compile(r"(\]\(|^\[[^\]]+\]:\s+)([^()\s]+)", re.MULTILINE)

CELL = re.compile(r"<td.*?</td>", re.DOTALL)


def on_config(config):
    # GitHub's anchors, which the pages' links are written for.
    config.mdx_configs["toc"]["slugify"] = slugify(case="lower")
    return config


def on_files(files, config):
    documents = {f"docs/{file.src_uri}": file for file in files.documentation_pages()}
    for name, uri in ROOT_PAGES.items():
        files.append(File.generated(config, uri, content=(PROJECT / name).read_text("utf-8")))
    for page in [*ROOT_PAGES, *documents]:
        text = (PROJECT / page).read_text("utf-8")
        for link in LINK.finditer(text):
            target = project_path(page, link.group(2))
            if target and is_source(target) and not files.get_file_from_path(site_path(target)):
                files.append(source_page(config, target))
    if not (JAVADOC / "index.html").is_file():
        raise PluginError(f"no Javadoc path={JAVADOC}: build the site with Maven, as CONTRIBUTING.md says")
    for file in sorted(path for path in JAVADOC.rglob("*") if path.is_file()):
        # The licences of Javadoc's scripts are Markdown, which would become pages.
        uri = "javadoc/" + re.sub(r"\.md$", ".txt", file.relative_to(JAVADOC).as_posix())
        files.append(File.generated(config, uri, abs_src_path=str(file), inclusion=InclusionLevel.NOT_IN_NAV))
    files.append(File.generated(config, "javadoc.md", content=javadoc_page()))
    # Debian's JDK leaves out the fonts that Javadoc's style sheet asks for.
    if not files.get_file_from_path(JAVADOC_FONTS):
        files.append(File.generated(config, JAVADOC_FONTS, content="", inclusion=InclusionLevel.NOT_IN_NAV))
    files.append(File.generated(config, "assets/tables.css", content=TABLES))
    return files


def on_page_markdown(markdown, page, config, files):
    here = page.file.src_uri
    source = next((name for name, uri in ROOT_PAGES.items() if uri == here), f"docs/{here}")

    def within_site(link):
        target = project_path(source, link.group(2))
        if not target:
            return link.group()
        path = posixpath.relpath(site_path(target), posixpath.dirname(here) or ".")
        anchor = link.group(2).partition("#")[2]
        return link.group(1) + path + (f"#{anchor}" if anchor else "")

    return markdown if here.startswith("sources/") else LINK.sub(within_site, markdown)


def on_page_content(html, **_):
    # In a cell, GitHub reads \\| in code as |.
    return CELL.sub(lambda cell: cell.group().replace("\\|", "|"), html)


def project_path(page, link):
    """The project's file that a page's link names, or None for other hosts, anchors alone and dead links."""
    path = link.partition("#")[0]
    if not path or "://" in path:
        return None
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    return target if not target.startswith("..") and (PROJECT / target).is_file() else None


def is_source(path):
    return path not in ROOT_PAGES and not path.startswith("docs/")


def site_path(path):
    if path in ROOT_PAGES:
        return ROOT_PAGES[path]
    return path.removeprefix("docs/") if path.startswith("docs/") else f"sources/{path}.md"


def javadoc_page():
    packages = (JAVADOC / "element-list").read_text("utf-8").split()
    links = [f"- [`{name}`](javadoc/{name.replace('.', '/')}/package-summary.html)" for name in packages]
    text = "[All packages](javadoc/index.html), with a search of their types and methods. No package named `internal` is public."
    return "\n".join(["# Javadoc", "", text, "", *links, ""])


def source_page(config, path):
    text = (PROJECT / path).read_text("utf-8")
    language = LANGUAGES.get(os.path.splitext(path)[1], "text")
    content = f"---\nsearch:\n  exclude: true\nhide:\n  - toc\n---\n# {posixpath.basename(path)}\n\n`{path}`\n\n"
    content += f"~~~~~ {language}\n{text}~~~~~\n"
    return File.generated(config, site_path(path), content=content, inclusion=InclusionLevel.NOT_IN_NAV)

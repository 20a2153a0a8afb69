// SPDX-License-Identifier: Apache-2.0
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Checks a folder that {@code mvn -Prelease deploy -DaltDeploymentRepository=local::file:FOLDER}
 * has filled: the files, their checksums and signatures, the poms, the archives, and a service that
 * is a module and takes the artifacts from this folder.
 *
 * <p>Arguments: the folder, the version, and optionally {@code --no-service}, which leaves out the
 * service and so needs no Maven. It runs in the root of the sources. Each failure is a line, and
 * the exit code is 1 if there is one.
 */
final class CheckRelease {

  private static final String GROUP = "io.userevents";
  private static final String EXPORTER = "opentelemetry-exporter-user-events";
  private static final String EXTENSION = "user-events-javaagent-extension";
  private static final String BOM = "user-events-bom";
  private static final String ARCHIVE = "user-events-dist";

  /** The jars that one class path may have. The extension repeats the exporter's classes. */
  private static final Set<String> LIBRARIES =
      new TreeSet<>(
          Set.of(
              EXPORTER,
              "user-events-agent",
              "user-events-linux",
              "user-events-listener",
              "user-events-pipeline"));

  private static final List<String> JAR_FILES =
      List.of(".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json", ".pom");
  private static final Map<String, String> ALGORITHMS =
      Map.of(".md5", "MD5", ".sha1", "SHA-1", ".sha256", "SHA-256", ".sha512", "SHA-512");
  private static final Set<String> ELEMENTS_OF_A_POM =
      Set.of(
          "modelVersion",
          "groupId",
          "artifactId",
          "version",
          "packaging",
          "name",
          "description",
          "url",
          "inceptionYear",
          "organization",
          "licenses",
          "developers",
          "scm",
          "dependencies");

  /**
   * A class of the project, and neither one of a library in the extension nor one of its module.
   */
  private static final Pattern OWN_CLASS =
      Pattern.compile(
          "(META-INF/versions/\\d+/)?(io/userevents/(?!shaded/).*|module-info)\\.class");

  /** Java 17. */
  private static final int NEWEST_CLASS_FILE = 61;

  private final Path folder;
  private final String version;
  private final List<String> failures = new ArrayList<>();

  private CheckRelease(Path folder, String version) {
    this.folder = folder.toAbsolutePath();
    this.version = version;
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 2) {
      System.err.println(
          "usage: java dist/src/build/CheckRelease.java FOLDER VERSION [--no-service]");
      System.exit(64);
    }
    CheckRelease check = new CheckRelease(Path.of(arguments[0]), arguments[1]);
    check.files();
    if (check.failures.isEmpty()) {
      check.poms();
      check.jars();
      check.packages();
      check.archive();
      if (!List.of(arguments).contains("--no-service")) {
        check.service();
      }
    }
    check.failures.forEach(failure -> System.err.println("[ERROR] " + failure));
    System.out.println(
        check.failures.isEmpty()
            ? "The release is complete."
            : "The release must not be published.");
    System.exit(check.failures.isEmpty() ? 0 : 1);
  }

  private static Map<String, List<String>> artifacts() {
    Map<String, List<String>> artifacts = new TreeMap<>();
    LIBRARIES.forEach(library -> artifacts.put(library, JAR_FILES));
    artifacts.put(EXTENSION, JAR_FILES);
    artifacts.put(BOM, List.of(".pom"));
    artifacts.put(ARCHIVE, List.of(".tar.gz", "-cyclonedx.json", ".pom"));
    return artifacts;
  }

  // The files

  private void files() throws Exception {
    Set<String> missing = new TreeSet<>();
    artifacts()
        .forEach(
            (artifact, suffixes) ->
                suffixes.forEach(suffix -> missing.add(name(artifact, suffix))));
    Set<String> signed = new TreeSet<>();
    Set<String> expected = Set.copyOf(missing);
    for (Path file : walk(folder)) {
      String name = plain(folder.relativize(file).toString());
      String extension = name.substring(name.lastIndexOf('.'));
      String subject = name.substring(0, name.length() - extension.length());
      if (expected.contains(name)) {
        missing.remove(name);
        if (!Files.exists(sibling(file, ".sha1")) || !Files.exists(sibling(file, ".md5"))) {
          failures.add("without a checksum: " + name);
        }
      } else if (extension.equals(".asc") && expected.contains(subject)) {
        signed.add(subject);
        verify(file);
      } else if (ALGORITHMS.containsKey(extension)
          && (expected.contains(subject)
              || subject.endsWith(".asc")
              || subject.endsWith("maven-metadata.xml"))) {
        sum(file, ALGORITHMS.get(extension));
      } else if (!name.endsWith("/maven-metadata.xml")) {
        failures.add("not for users: " + name);
      }
    }
    missing.forEach(name -> failures.add("missing: " + name));
    if (!signed.isEmpty()) {
      expected.stream()
          .filter(name -> !signed.contains(name))
          .forEach(name -> failures.add("not signed, as others are: " + name));
    }
    System.out.println("files " + expected.size() + ", signed " + signed.size());
  }

  private String name(String artifact, String suffix) {
    return GROUP.replace('.', '/')
        + "/"
        + artifact
        + "/"
        + version
        + "/"
        + artifact
        + "-"
        + version
        + suffix;
  }

  /** With the version in place of a snapshot's time and number. */
  private String plain(String name) {
    return version.endsWith("-SNAPSHOT")
        ? name.replaceFirst(
            Pattern.quote("-" + version.replace("-SNAPSHOT", "")) + "-\\d{8}\\.\\d{6}-\\d+",
            "-" + version)
        : name;
  }

  private void sum(Path file, String algorithm) throws Exception {
    Path subject = Path.of(file.toString().replaceFirst("\\.[^.]*$", ""));
    if (!Files.exists(subject)) {
      failures.add("a checksum without its file: " + file);
      return;
    }
    String sum =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(subject)));
    if (!Files.readString(file).strip().equals(sum)) {
      failures.add("wrong checksum: " + file);
    }
  }

  private void verify(Path signature) throws Exception {
    String subject = signature.toString().replaceFirst("\\.asc$", "");
    Output output = run(null, "gpg", "--batch", "--verify", signature.toString(), subject);
    if (output.status() != 0) {
      failures.add("wrong signature: " + signature + ": " + output.text().strip());
    }
  }

  /** The file of an artifact, which for a snapshot has another name than the version. */
  private Path file(String artifact, String suffix) throws IOException {
    String name = name(artifact, suffix);
    return walk(folder).stream()
        .filter(file -> plain(folder.relativize(file).toString()).equals(name))
        .reduce((first, second) -> second)
        .orElseThrow(() -> new IOException("missing: " + name));
  }

  // The poms

  private void poms() throws Exception {
    for (String artifact : artifacts().keySet()) {
      Path file = file(artifact, ".pom");
      if (Files.readString(file).contains("${")) {
        failures.add(artifact + ".pom: it has a property left");
      }
      Element pom = xml(Files.readAllBytes(file)).getDocumentElement();
      for (Element element : children(pom)) {
        boolean isKnown =
            ELEMENTS_OF_A_POM.contains(element.getTagName())
                || (artifact.equals(BOM) && element.getTagName().equals("dependencyManagement"));
        if (!isKnown) {
          failures.add(artifact + ".pom: users have no need of <" + element.getTagName() + ">");
        }
      }
      requireText(artifact, pom, "name", "description", "url");
      requireText(artifact, pom, "licenses/license/name", "licenses/license/url");
      requireText(artifact, pom, "developers/developer/name", "scm/url", "scm/connection");
      requireEqual(artifact, GROUP, text(pom, "groupId"));
      requireEqual(artifact, artifact, text(pom, "artifactId"));
      requireEqual(artifact, version, text(pom, "version"));
      List<Element> dependencies = all(pom, "dependencies/dependency");
      dependencies.forEach(dependency -> dependency(artifact, dependency));
      if (!LIBRARIES.contains(artifact) && !dependencies.isEmpty()) {
        failures.add(artifact + ".pom: it has dependencies, which this artifact contains already");
      }
      if (text(pom, "url").contains(".invalid/")) {
        System.out.println("note: " + artifact + ".pom has no address of the project");
      }
    }
    Set<String> managed = new TreeSet<>();
    Element bom = xml(Files.readAllBytes(file(BOM, ".pom"))).getDocumentElement();
    for (Element dependency : all(bom, "dependencyManagement/dependencies/dependency")) {
      managed.add(text(dependency, "artifactId"));
      requireEqual(BOM, version, text(dependency, "version"));
    }
    Set<String> jars = new TreeSet<>(LIBRARIES);
    jars.add(EXTENSION);
    requireEqual(BOM, jars.toString(), managed.toString());
  }

  private void dependency(String artifact, Element dependency) {
    String name = text(dependency, "groupId") + ":" + text(dependency, "artifactId");
    String scope = text(dependency, "scope");
    String wanted = text(dependency, "version");
    if (!Set.of("", "compile", "runtime", "provided").contains(scope)) {
      failures.add(artifact + ".pom: scope " + scope + " of " + name);
    }
    if (!Set.of("", "jar").contains(text(dependency, "type"))) {
      failures.add(artifact + ".pom: type " + text(dependency, "type") + " of " + name);
    }
    if (wanted.isEmpty() || (wanted.endsWith("-SNAPSHOT") && !version.endsWith("-SNAPSHOT"))) {
      failures.add(artifact + ".pom: version \"" + wanted + "\" of " + name);
    }
    if (text(dependency, "groupId").equals(GROUP)) {
      requireEqual(artifact, version, wanted);
      if (!LIBRARIES.contains(text(dependency, "artifactId"))) {
        failures.add(artifact + ".pom: " + name + " is not deployed");
      }
    }
  }

  private void requireText(String artifact, Element pom, String... paths) {
    for (String path : paths) {
      if (text(pom, path).isEmpty()) {
        failures.add(artifact + ".pom: no " + path);
      }
    }
  }

  private void requireEqual(String artifact, String expected, String found) {
    if (!expected.equals(found)) {
      failures.add(artifact + ".pom: expected=" + expected + " found=" + found);
    }
  }

  // The jars

  private void jars() throws Exception {
    byte[] licence = Files.readAllBytes(Path.of("LICENSE"));
    for (String artifact : artifacts().keySet()) {
      if (!artifacts().get(artifact).equals(JAR_FILES)) {
        continue;
      }
      for (String suffix : List.of(".jar", "-sources.jar", "-javadoc.jar")) {
        try (JarFile jar = new JarFile(file(artifact, suffix).toFile())) {
          String name = artifact + suffix;
          if (!Arrays.equals(licence, bytes(jar, "META-INF/LICENSE"))) {
            failures.add(name + ": META-INF/LICENSE is not that of the sources");
          }
          if (bytes(jar, "META-INF/NOTICE").length == 0) {
            failures.add(name + ": no META-INF/NOTICE");
          }
          Set<String> entries = new TreeSet<>();
          jar.stream()
              .filter(entry -> !entries.add(entry.getName()))
              .forEach(entry -> failures.add(name + ": twice in it: " + entry.getName()));
        }
      }
      classes(artifact);
      sbom(artifact);
    }
    sbom(ARCHIVE);
  }

  private void classes(String artifact) throws IOException {
    try (JarFile jar = new JarFile(file(artifact, ".jar").toFile());
        JarFile sources = new JarFile(file(artifact, "-sources.jar").toFile());
        JarFile javadoc = new JarFile(file(artifact, "-javadoc.jar").toFile())) {
      List<String> classes = entries(jar, ".*\\.class");
      for (String name : classes) {
        boolean isVersioned = name.startsWith("META-INF/versions/");
        byte[] content = bytes(jar, name);
        if (!isVersioned && content[7] > NEWEST_CLASS_FILE) {
          failures.add(artifact + ".jar: needs a newer Java: " + name);
        }
        String source = name.replaceFirst("(\\$.*)?\\.class$", ".java");
        if (OWN_CLASS.matcher(name).matches()
            && sources.getEntry(source) == null
            && !isInAnotherFile(sources, source)) {
          failures.add(artifact + "-sources.jar: no " + source);
        }
        if (name.matches(".*(Test|IT)\\.class") || name.startsWith("org/junit/")) {
          failures.add(artifact + ".jar: a test: " + name);
        }
      }
      boolean hasNewerClasses = Set.of("user-events-linux", EXTENSION).contains(artifact);
      if (hasNewerClasses
          && (entries(jar, "META-INF/versions/22/.*\\.class").isEmpty()
              || !"true".equals(jar.getManifest().getMainAttributes().getValue("Multi-Release")))) {
        failures.add(artifact + ".jar: no classes for java.lang.foreign");
      }
      if (LIBRARIES.contains(artifact)) {
        if (javadoc.getEntry("index.html") == null) {
          failures.add(artifact + "-javadoc.jar: no index.html");
        }
        entries(javadoc, "(.*/)?internal/.*")
            .forEach(name -> failures.add(artifact + "-javadoc.jar: not for users: " + name));
        boolean isNamed =
            jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name") != null
                || !entries(jar, "META-INF/versions/\\d+/module-info.class").isEmpty();
        if (!isNamed) {
          failures.add(artifact + ".jar: its module has no name but that of the file");
        }
      }
    }
  }

  /** A class that is not public may be in the file of another one in its package. */
  private static boolean isInAnotherFile(JarFile sources, String source) throws IOException {
    String folder = source.substring(0, source.lastIndexOf('/') + 1);
    String name = source.substring(folder.length(), source.length() - ".java".length());
    for (String other : entries(sources, Pattern.quote(folder) + "[^/]+\\.java")) {
      if (new String(bytes(sources, other)).contains("class " + name + " ")) {
        return true;
      }
    }
    return false;
  }

  private void sbom(String artifact) throws IOException {
    String sbom = Files.readString(file(artifact, "-cyclonedx.json"));
    if (!sbom.contains("CycloneDX")
        || !sbom.contains("pkg:maven/" + GROUP + "/" + artifact + "@")) {
      failures.add(artifact + "-cyclonedx.json: it does not name the artifact");
    }
    if (sbom.contains("/junit-jupiter") || sbom.contains("/assertj-core")) {
      failures.add(artifact + "-cyclonedx.json: it names libraries of tests");
    }
    if (sbom.contains("\"timestamp\"") && !sbom.contains("\"timestamp\" : \"2026-01-01")) {
      failures.add(artifact + "-cyclonedx.json: it has the time of the build");
    }
  }

  private void packages() throws IOException {
    Map<String, String> owners = new TreeMap<>();
    for (String artifact : LIBRARIES) {
      Set<String> packages = new TreeSet<>();
      try (JarFile jar = new JarFile(file(artifact, ".jar").toFile())) {
        for (String name : entries(jar, "(?!META-INF/).*/[^/]+\\.class")) {
          packages.add(name.substring(0, name.lastIndexOf('/')).replace('/', '.'));
        }
      }
      if (packages.isEmpty()) {
        failures.add(artifact + ".jar: no classes");
      }
      for (String name : packages) {
        String other = owners.put(name, artifact);
        if (other != null) {
          failures.add("package " + name + " is in " + other + ".jar and in " + artifact + ".jar");
        }
      }
    }
    System.out.println("packages " + owners.size());
  }

  // The archive

  private void archive() throws Exception {
    Path work = Files.createTempDirectory("user-events-release");
    run(work, "tar", "-xzf", file(ARCHIVE, ".tar.gz").toString()).require("tar");
    Path home = work.resolve("user-events-" + version);
    for (String name :
        List.of(
            "LICENSE",
            "NOTICE",
            "bin/user-events",
            "share/bash-completion/user-events.bash-completion",
            "share/man/man1/user-events.1",
            "share/man/man1/user-events-forward.1",
            "share/systemd/user-events-forward.service",
            "share/container/Containerfile",
            "share/kubernetes/user-events-agent.yaml")) {
      if (!Files.isRegularFile(home.resolve(name))) {
        failures.add("the archive has no " + name);
      }
    }
    String sbom = Files.readString(file(ARCHIVE, "-cyclonedx.json"));
    for (Path library : walk(home.resolve("lib"))) {
      String name = library.getFileName().toString();
      String artifact = name.replaceFirst("-\\d.*", "");
      if (!sbom.contains("/" + artifact + "@")) {
        failures.add(ARCHIVE + "-cyclonedx.json: no " + artifact);
      }
      if (LIBRARIES.contains(artifact) && Files.mismatch(library, file(artifact, ".jar")) != -1) {
        failures.add("the archive's " + name + " is not the one that is deployed");
      }
    }
    Map<String, String> environment =
        Map.of("JAVA_HOME", System.getProperty("java.home"), "PATH", "/usr/bin:/bin");
    Output told = run(work, environment, home.resolve("bin/user-events").toString(), "--version");
    if (told.status() != 0 || !told.text().contains(version)) {
      failures.add("the archive's command does not tell its version: " + told);
    }
    System.out.println("archive: " + told.text().strip());
    delete(work);
  }

  // A service that is a module

  private void service() throws Exception {
    Path work = Files.createTempDirectory("user-events-service");
    Files.writeString(work.resolve("pom.xml"), pomOfTheService());
    // With a separate local repository, so that only this folder can bring our artifacts.
    run(
            work,
            System.getProperty("mvn", "mvn"),
            "-B",
            "-ntp",
            "-q",
            "-Dmaven.repo.local=" + work.resolve("repository"),
            "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies",
            "-DincludeScope=runtime",
            "-DoutputDirectory=" + work.resolve("modules"))
        .require("the service's dependencies");
    Path classes = work.resolve("classes");
    Path sources = Path.of("compatibility", "src", "test", "modular").toAbsolutePath();
    String requires =
        "requires io.userevents.linux; requires io.userevents.pipeline;"
            + " requires io.userevents.agent; requires io.userevents.exporter;";
    Path info = Files.createDirectories(work.resolve("sources")).resolve("module-info.java");
    Files.writeString(
        info,
        Files.readString(sources.resolve("module-info.java"))
            .replace("requires io.userevents.exporter;", requires));
    String java = System.getProperty("java.home") + "/bin/java";
    run(
            work,
            java + "c",
            "--module-path",
            work.resolve("modules").toString(),
            "-d",
            classes.toString(),
            info.toString(),
            sources.resolve("io/userevents/shop/Shop.java").toString())
        .require("the service's compilation");
    Output output =
        run(
            work,
            java,
            "--module-path",
            work.resolve("modules") + ":" + classes,
            "--module",
            "io.userevents.shop/io.userevents.shop.Shop");
    if (output.status() != 0 || !output.text().contains("exported true")) {
      failures.add("the service does not export: " + output);
    }
    System.out.println("service: " + output.text().lines().toList());
    delete(work);
  }

  private String pomOfTheService() throws Exception {
    Element exporter = xml(Files.readAllBytes(file(EXPORTER, ".pom"))).getDocumentElement();
    String opentelemetry =
        all(exporter, "dependencies/dependency").stream()
            .filter(found -> text(found, "artifactId").equals("opentelemetry-sdk-metrics"))
            .map(found -> text(found, "version"))
            .findFirst()
            .orElseThrow();
    StringBuilder pom = new StringBuilder();
    pom.append("<project><modelVersion>4.0.0</modelVersion><groupId>shop</groupId>")
        .append("<artifactId>shop</artifactId><version>1</version>")
        .append("<repositories><repository><id>folder</id><url>")
        .append(folder.toUri())
        .append("</url></repository></repositories><dependencyManagement><dependencies>")
        .append(dependency(GROUP, BOM, version, "<type>pom</type><scope>import</scope>"))
        .append("</dependencies></dependencyManagement><dependencies>");
    for (String library : LIBRARIES) {
      pom.append(dependency(GROUP, library, "", ""));
    }
    for (String sdk : List.of("opentelemetry-sdk", "opentelemetry-sdk-extension-autoconfigure")) {
      pom.append(dependency("io.opentelemetry", sdk, opentelemetry, ""));
    }
    return pom.append("</dependencies></project>").toString();
  }

  private static String dependency(String group, String artifact, String version, String more) {
    return "<dependency><groupId>"
        + group
        + "</groupId><artifactId>"
        + artifact
        + "</artifactId>"
        + (version.isEmpty() ? "" : "<version>" + version + "</version>")
        + more
        + "</dependency>";
  }

  // Helpers

  private record Output(int status, String text) {
    void require(String step) throws IOException {
      if (status != 0) {
        throw new IOException(step + ": status=" + status + " " + text);
      }
    }
  }

  private static Output run(Path folder, String... command) throws Exception {
    return run(folder, Map.of(), command);
  }

  private static Output run(Path folder, Map<String, String> environment, String... command)
      throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (folder != null) {
      builder.directory(folder.toFile());
    }
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes());
    return new Output(process.waitFor(), text);
  }

  private static List<Path> walk(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Path sibling(Path file, String extension) {
    return file.resolveSibling(file.getFileName() + extension);
  }

  private static List<String> entries(JarFile jar, String pattern) {
    return jar.stream()
        .map(entry -> entry.getName())
        .filter(name -> name.matches(pattern))
        .toList();
  }

  private static byte[] bytes(JarFile jar, String name) throws IOException {
    if (jar.getEntry(name) == null) {
      return new byte[0];
    }
    try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
      return in.readAllBytes();
    }
  }

  private static Document xml(byte[] content) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(content));
  }

  private static List<Element> children(Element parent) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        children.add(element);
      }
    }
    return children;
  }

  /** All elements at a path of names that are separated by slashes. */
  private static List<Element> all(Element parent, String path) {
    List<Element> found = List.of(parent);
    for (String name : path.split("/", -1)) {
      found =
          found.stream()
              .flatMap(element -> children(element).stream())
              .filter(element -> element.getTagName().equals(name))
              .toList();
    }
    return found;
  }

  private static String text(Element parent, String path) {
    return all(parent, path).stream().map(e -> e.getTextContent().strip()).findFirst().orElse("");
  }
}
